"""From a folder of courses to the catalogue, with every fault on the way.

One pass serves `mwalimu check` and the start of the server: what is checked is what runs.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from app.catalogue import parallel
from app.catalogue.figures import Figure, read_figure
from app.catalogue.markdown import LARGEST, Slip
from app.catalogue.model import (
    LANGS,
    Catalogue,
    Course,
    Draw,
    Exam,
    Fault,
    Lang,
    Module,
    PlannedModule,
    Question,
    Section,
    Term,
    Words,
)
from app.catalogue.prose import Prose, Use, read_prose
from app.catalogue.questions import Quiz, join, read_quiz
from app.catalogue.render import with_figures
from app.catalogue.typography import file_edits

FOLDER = re.compile(r"\d\d-([a-z][a-z0-9-]*)$")


class BrokenCourses(Exception):
    """The courses cannot be served as they are; `faults` lists every reason."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(slots=True)
class Loading:
    """What is gathered while the files are read."""

    root: Path
    faults: list[Fault] = field(default_factory=list)
    glossary: dict[str, Term] = field(default_factory=dict)
    figures: dict[str, dict[str, Figure]] = field(default_factory=dict)
    uses: list[tuple[Path, str, Use]] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def fault(self, path: Path, line: int, message: str) -> None:
        """Notes one fault."""
        self.faults.append(Fault(str(path), line, message))

    def slips(self, path: Path, slips: tuple[Slip, ...]) -> None:
        """Notes what a reader of one file found."""
        for slip in slips:
            self.fault(path, slip.line, slip.message)

    def text(self, path: Path) -> str | None:
        """A file's text, or None with its fault noted."""
        try:
            raw = path.read_bytes()
        except OSError:
            self.fault(path, 1, "this file is missing: write it")
            return None
        if len(raw) > LARGEST:
            self.fault(path, 1, f"larger than {LARGEST} bytes: divide it")
            return None
        if raw.startswith(b"\xef\xbb\xbf"):
            self.fault(path, 1, "begins with a byte order mark: save it as plain UTF-8")
            raw = raw[3:]
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.fault(path, line, "not UTF-8: save the file as UTF-8")
            return None
        if "\0" in text:
            self.fault(path, 1, "holds a NUL byte: take it out")
            return None
        self.digest.update(str(path.relative_to(self.root)).encode() + b"\0" + raw)
        for edit in file_edits(path.name, text) if path.suffix != ".svg" else ():
            self.fault(path, text.count("\n", 0, edit.start) + 1, edit.why)
        return text

    def yaml(self, path: Path) -> dict[str, Any]:
        """A YAML mapping, or an empty one with its fault noted."""
        text = self.text(path)
        if text is None:
            return {}
        try:
            data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            self.fault(path, line, f"this is no YAML: {getattr(error, 'problem', error)}")
            return {}
        if not isinstance(data, dict):
            self.fault(path, 1, "write key: value")
            return {}
        return data


def load(root: Path, *, keep_going: bool = False) -> Catalogue:
    """Every course below `root`. Raises `BrokenCourses`; with `keep_going` it leaves out the
    modules and courses with faults and lists these in the catalogue."""
    loading = Loading(root)
    loading.glossary = _glossary(loading, root / "glossary.yaml")
    folders = sorted(p.parent for p in root.glob("*/course.yaml"))
    if not folders:
        loading.fault(root, 1, "no course here: a course is a folder with a course.yaml")
    courses = [course for folder in folders if (course := _course(loading, folder))]
    _check_uses(loading, courses)
    faults = tuple(sorted(loading.faults, key=lambda f: (f.file, f.line)))
    if faults and not keep_going:
        raise BrokenCourses(faults)
    kept = {c.key: _without_broken(c, root, faults) for c in courses}
    return Catalogue(
        {key: c for key, c in kept.items() if c},
        loading.glossary,
        loading.digest.hexdigest(),
        faults,
    )


def stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when an author saves a file: cheap enough to ask at each request."""
    return tuple(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    )


def _without_broken(course: Course, root: Path, faults: tuple[Fault, ...]) -> Course | None:
    broken = {Path(fault.file).relative_to(root).parts for fault in faults}
    if (course.key, "course.yaml") in broken:
        return None
    outline = tuple(
        entry
        for entry in course.outline
        if isinstance(entry, PlannedModule)
        or not any(
            len(p) > 1 and p[0] == course.key and p[1].endswith(f"-{entry.slug}") for p in broken
        )
    )
    return Course(
        course.key,
        course.title,
        course.summary,
        course.requires,
        course.pass_mark,
        outline,
        course.misconceptions,
        course.exam,
    )


def _words(loading: Loading, path: Path, what: str, entry: Any) -> Words:
    found = {}
    for lang in LANGS:
        said = entry.get(lang) if isinstance(entry, dict) else None
        if not isinstance(said, str) or not said.strip():
            loading.fault(path, 1, f"{what} lacks its {lang} text: add {lang}:")
        found[lang] = str(said or "")
    return found


def _glossary(loading: Loading, path: Path) -> dict[str, Term]:
    terms = {}
    for name, entry in loading.yaml(path).items():
        said = entry if isinstance(entry, dict) else {}
        parts: dict[Lang, dict[str, Any]] = {
            lang: said[lang] if isinstance(said.get(lang), dict) else {} for lang in LANGS
        }
        acronym = said.get("acronym") or {}
        terms[name] = Term(
            id=name,
            term=_words(
                loading, path, f"{name}: term", {k: v.get("term") for k, v in parts.items()}
            ),
            definition=_words(
                loading,
                path,
                f"{name}: definition",
                {k: v.get("definition") for k, v in parts.items()},
            ),
            acronym={lang: str(acronym.get(lang, "")) for lang in LANGS},
        )
    return terms


def _course(loading: Loading, folder: Path) -> Course | None:
    path = folder / "course.yaml"
    data = loading.yaml(path)
    if not data:
        return None
    mark = data.get("pass_mark")
    if not isinstance(mark, int | float) or not 0 < mark <= 1:
        loading.fault(path, 1, "pass_mark is a share above 0 and up to 1: write pass_mark: 0.7")
        mark = 1.0
    misconceptions = {
        key: _words(loading, path, f"misconception {key}", entry)
        for key, entry in (data.get("misconceptions") or {}).items()
    }
    loading.figures[folder.name] = _figures(loading, folder / "figures")
    outline = tuple(_outline(loading, folder, data, misconceptions))
    course = Course(
        key=folder.name,
        title=_words(loading, path, "title", data.get("title")),
        summary=_words(loading, path, "summary", data.get("summary")),
        requires=tuple(data.get("requires") or ()),
        pass_mark=float(mark),
        outline=outline,
        misconceptions=misconceptions,
        exam=_exam(loading, folder, data, outline, misconceptions),
    )
    _check_unique(loading, path, course)
    return course


def _figures(loading: Loading, folder: Path) -> dict[str, Figure]:
    found = {}
    for path in sorted(folder.glob("*.svg")):
        words_path = path.with_suffix(".yaml")
        svg, words = loading.text(path), loading.text(words_path)
        if svg is None or words is None:
            continue
        figure = read_figure(path.stem, svg, words)
        loading.slips(path, figure.svg_slips)
        loading.slips(words_path, figure.words_slips)
        found[path.stem] = figure
    return found


def _outline(
    loading: Loading, folder: Path, data: Mapping[str, Any], misconceptions: Mapping[str, Words]
) -> Iterator[Module | PlannedModule]:
    path = folder / "course.yaml"
    named = [m.get("folder", "") for m in data.get("modules") or () if isinstance(m, dict)]
    for found in sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name != "figures"):
        if found not in named:
            loading.fault(folder / found, 1, "this folder is not in course.yaml: add it to modules")
    if not named:
        loading.fault(path, 1, "no modules: list them in order as - folder: 01-name")
    for entry in data.get("modules") or ():
        name = str(entry.get("folder", "")) if isinstance(entry, dict) else ""
        slug = FOLDER.match(name)
        if not slug:
            loading.fault(path, 1, f"folder {name!r}: write two digits, a dash and a word, 01-why")
        elif (folder / name).is_dir() and (folder / name / "module.fr.md").exists():
            yield _module(loading, folder / name, slug[1], misconceptions)
        elif "title" in entry:
            yield PlannedModule(slug[1], _words(loading, path, name, entry["title"]))
        else:
            loading.fault(
                path, 1, f"module {name} is not written: write it, or give its title here"
            )


def _module(
    loading: Loading, folder: Path, slug: str, misconceptions: Mapping[str, Words]
) -> Module:
    course = folder.parent.name
    proses: dict[Lang, Prose] = {}
    quizzes: dict[Lang, Quiz] = {}
    for lang in LANGS:
        path = folder / f"module.{lang}.md"
        if (text := loading.text(path)) is not None:
            proses[lang] = read_prose(text, lang)
            loading.slips(path, proses[lang].slips)
            loading.uses += [(path, course, use) for use in proses[lang].uses]
        path = folder / f"quiz.{lang}.md"
        if (text := loading.text(path)) is not None:
            quizzes[lang] = read_quiz(text, lang)
            loading.slips(path, quizzes[lang].slips)
            loading.uses += [(path, course, use) for use in quizzes[lang].uses]
    parallel.check_prose(loading.fault, folder, proses)
    parallel.check_quiz(loading.fault, folder, "quiz", quizzes)
    first = next(iter(proses.values()))
    key = f"{course}/{slug}"
    module = Module(
        key=key,
        course=course,
        slug=slug,
        title=_fall_back({lang: p.title for lang, p in proses.items()}),
        summary=_fall_back({lang: p.summary for lang, p in proses.items()}),
        minutes=first.minutes,
        objectives={
            name: _fall_back({lang: p.objectives.get(name, "") for lang, p in proses.items()})
            for name in first.objectives
        },
        sections=tuple(_sections(loading, course, proses)),
        sources=_fall_back({lang: p.sources for lang, p in proses.items()}),
        quiz=_questions(loading, course, f"{key}/quiz", quizzes),
        partial=frozenset(lang for lang in LANGS if lang not in proses or lang not in quizzes),
    )
    objectives = set(module.objectives)
    parallel.check_goals(loading.fault, folder, "quiz", quizzes, objectives, set(misconceptions))
    for name in sorted(objectives - {q.objective for q in module.quiz}):
        message = f"objective {name!r} has no question: write one in the quiz"
        loading.fault(folder / f"module.{LANGS[0]}.md", 1, message)
    return module


def _fall_back(words: Mapping[Lang, str]) -> Words:
    """A language that is lacking has the text of another."""
    first = next(iter(words.values()), "")
    return {lang: words.get(lang) or first for lang in LANGS}


def _sections(loading: Loading, course: str, proses: Mapping[Lang, Prose]) -> Iterator[Section]:
    drawings = {
        lang: {name: figure.html[lang] for name, figure in loading.figures[course].items()}
        for lang in LANGS
    }
    for n, first in enumerate(next(iter(proses.values())).sections):
        written = {
            lang: prose.sections[n] for lang, prose in proses.items() if n < len(prose.sections)
        }
        said = "\x1f".join(f"{s.title}\x1e{s.html}" for s in written.values())
        yield Section(
            id=first.id,
            title=_fall_back({lang: s.title for lang, s in written.items()}),
            html=_fall_back(
                {lang: with_figures(s.html, drawings[lang]) for lang, s in written.items()}
            ),
            plain=_fall_back({lang: s.plain for lang, s in written.items()}),
            version=hashlib.sha256(said.encode()).hexdigest()[:16],
        )


def _questions(
    loading: Loading, course: str, place: str, quizzes: Mapping[Lang, Quiz]
) -> tuple[Question, ...]:
    if not quizzes:
        return ()
    by_id = {lang: {w.id: w for w in quiz.written} for lang, quiz in quizzes.items()}
    found = []
    for first in next(iter(quizzes.values())).written:
        written = {lang: by_id[lang][first.id] for lang in quizzes if first.id in by_id[lang]}
        if first.type == "case" or any(w.type != first.type for w in written.values()):
            continue
        case_id = first.attributes.get("case", "")
        case = {lang: by_id[lang][case_id] for lang in quizzes if case_id in by_id[lang]}
        question = join(place, written, case or None)
        found.append(_with_drawings(question, loading.figures[course]))
    return tuple(found)


def _with_drawings(question: Question, figures: Mapping[str, Figure]) -> Question:
    text = {
        lang: with_figures(said, {name: figure.html[lang] for name, figure in figures.items()})
        for lang, said in _fall_back(question.text).items()
    }
    return parallel.filled(replace(question, text=text), _fall_back)


def _exam(
    loading: Loading,
    folder: Path,
    data: Mapping[str, Any],
    outline: tuple[Module | PlannedModule, ...],
    misconceptions: Mapping[str, Words],
) -> Exam | None:
    banks: dict[Lang, Quiz] = {}
    for lang in LANGS:
        path = folder / f"exam.{lang}.md"
        if path.exists() and (text := loading.text(path)) is not None:
            banks[lang] = read_quiz(text, lang)
            loading.slips(path, banks[lang].slips)
            loading.uses += [(path, folder.name, use) for use in banks[lang].uses]
    plan = data.get("exam")
    if not banks and not plan:
        return None
    parallel.check_quiz(loading.fault, folder, "exam", banks)
    modules = [m for m in outline if isinstance(m, Module)]
    objectives = {name for m in modules for name in m.objectives}
    parallel.check_goals(loading.fault, folder, "exam", banks, objectives, set(misconceptions))
    bank = _questions(loading, folder.name, f"{folder.name}/exam", banks)
    quiz = {parallel.stem(q): q.key for m in modules for q in m.quiz}
    for question in bank:
        if parallel.stem(question) in quiz:
            message = f"{question.id!r} repeats {quiz[parallel.stem(question)]}: ask it otherwise"
            loading.fault(folder / f"exam.{LANGS[0]}.md", 1, message)
    blueprint = tuple(_blueprint(loading, folder, plan if isinstance(plan, dict) else {}, bank))
    minutes = plan.get("minutes") if isinstance(plan, dict) else None
    if not isinstance(minutes, int) or minutes < 1:
        loading.fault(folder / "course.yaml", 1, "exam lacks minutes: write its time limit")
        minutes = 60
    return Exam(minutes, blueprint, bank)


def _blueprint(
    loading: Loading, folder: Path, plan: Mapping[str, Any], bank: tuple[Question, ...]
) -> Iterator[Draw]:
    path = folder / "course.yaml"
    if not plan.get("blueprint"):
        loading.fault(path, 1, "exam lacks its blueprint: list objective, level and draw")
    for row in plan.get("blueprint") or ():
        draw = Draw(str(row.get("objective")), row.get("level"), int(row.get("draw") or 0))
        have = sum(q.objective == draw.objective and q.level == draw.level for q in bank)
        if draw.draw < 1 or have < draw.draw:
            message = (
                f"the blueprint draws {draw.draw} questions of {draw.objective}, {draw.level}; "
                f"the bank has {have}: write more or draw fewer"
            )
            loading.fault(path, 1, message)
        yield draw


def _check_unique(loading: Loading, path: Path, course: Course) -> None:
    seen: dict[str, str] = {}
    places = [(m.key, name) for m in course.modules for name in m.objectives]
    for place, name in places:
        if name in seen:
            loading.fault(path, 1, f"objective {name!r} stands in {seen[name]} and {place}: rename")
        seen[name] = place
    asked: dict[str, str] = {}
    bank = course.exam.bank if course.exam else ()
    for question in [*(q for m in course.modules for q in m.quiz), *bank]:
        if question.id in asked:
            message = f"question {question.id!r} stands in {asked[question.id]} and {question.key}"
            loading.fault(path, 1, f"{message}: rename one")
        asked[question.id] = question.key


def _check_uses(loading: Loading, courses: list[Course]) -> None:
    """Terms, modules and drawings that are named and do not exist; drawings that nobody shows."""
    planned = {f"{c.key}/{m.slug}" for c in courses for m in c.outline}
    sections = {f"{m.key}#{s.id}" for c in courses for m in c.modules for s in m.sections}
    shown = set()
    for path, course, use in loading.uses:
        if use.kind == "term" and use.name not in loading.glossary:
            loading.fault(
                path, use.line, f"term {use.name!r} is not in glossary.yaml: add it there"
            )
        if use.kind == "module" and use.name not in planned | sections:
            loading.fault(path, use.line, f"link to {use.name!r}: no such module or section")
        if use.kind == "figure":
            shown.add((course, use.name))
            if use.name not in loading.figures[course]:
                loading.fault(path, use.line, f"figure {use.name!r} is not in figures/: draw it")
    for course, figures in loading.figures.items():
        for name in figures:
            if (course, name) not in shown:
                path = loading.root / course / "figures" / f"{name}.svg"
                loading.fault(path, 1, "no module shows this drawing: use it or take it out")
