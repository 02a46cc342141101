"""What a course is made of: immutable values, shared by every request.

The format is described for authors in docs/en/course-authors.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Lang: TypeAlias = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = ("fr", "en")

QuestionType: TypeAlias = Literal["single", "multiple", "order", "match", "number"]
Level: TypeAlias = Literal["recall", "apply", "analyse"]

Words: TypeAlias = Mapping[Lang, str]
"""One text in every language; a language that lacks it has the fallback's text."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a course file, and how to mend it.

    `file` is the path as given on the command line, `line` counts from 1.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that can be chosen, or an item to put in order or to match.

    `text` and `feedback` are rendered HTML; `right` is the key and never leaves the server
    before the answer. For `match`, `text` is the left side and `pair` the right side; an
    empty `text` marks a distractor on the right.
    """

    text: Words
    feedback: Words
    right: bool
    misconception: str | None
    pair: Words | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its key, in every language.

    `key` is `course/module/quiz#id`, or `course/exam#id` in a bank. `version` is a hash of text
    and key in all languages: what was shown is what is marked. `options` stand as in the file:
    for `order` that is the right order. `answer`, `tolerance` and `unit` are for `number` only;
    its options hold typical wrong values (`value`, in `text`) and their feedback.
    """

    key: str
    id: str
    type: QuestionType
    level: Level
    objective: str
    misconception: str | None
    title: Words
    text: Words
    options: tuple[Option, ...]
    takeaway: Words
    version: str
    case: str | None
    case_text: Words | None
    columns: tuple[Words, Words] | None
    answer: str | None
    tolerance: str | None
    unit: Words | None


@dataclass(frozen=True, slots=True)
class Section:
    """What is read, ticked and resumed. `html` is the rendered body without its heading.

    `version` is a hash of the text in all languages; `plain` is the text for search.
    """

    id: str
    title: Words
    html: Words
    plain: Words
    version: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module that is written. `key` is `course/slug`; `minutes` is the time to read.

    `sources` is the rendered list of footnotes. `partial` names the languages that fall
    back because the module lacks them.
    """

    key: str
    course: str
    slug: str
    title: Words
    summary: Words
    minutes: int
    objectives: Mapping[str, Words]
    sections: tuple[Section, ...]
    sources: Words
    quiz: tuple[Question, ...]
    partial: frozenset[str]

    @property
    def quiz_key(self) -> str:
        """What a quiz is called in the record."""
        return f"{self.key}/quiz"


@dataclass(frozen=True, slots=True)
class PlannedModule:
    """A module announced in the outline and not yet written."""

    slug: str
    title: Words


@dataclass(frozen=True, slots=True)
class Draw:
    """One line of an exam blueprint: how many questions of an objective and level."""

    objective: str
    level: Level
    draw: int


@dataclass(frozen=True, slots=True)
class Exam:
    """A bank that only exams draw from. `minutes` is the time limit."""

    minutes: int
    blueprint: tuple[Draw, ...]
    bank: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course: its outline in order, written or not. `pass_mark` is a share 0..1."""

    key: str
    title: Words
    summary: Words
    requires: tuple[str, ...]
    pass_mark: float
    outline: tuple[Module | PlannedModule, ...]
    misconceptions: Mapping[str, Words]
    exam: Exam | None

    @property
    def modules(self) -> tuple[Module, ...]:
        """The modules that can be read."""
        return tuple(m for m in self.outline if isinstance(m, Module))


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry. `definition` is plain text; `acronym` may be empty."""

    id: str
    term: Words
    definition: Words
    acronym: Words


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be learnt, and the faults of what was left out.

    `version` changes when any file changes.
    """

    courses: Mapping[str, Course]
    glossary: Mapping[str, Term]
    version: str
    faults: tuple[Fault, ...]

    def module(self, key: str) -> Module | None:
        """The module `course/slug`, or None."""
        course_key, _, slug = key.partition("/")
        course = self.courses.get(course_key)
        return next((m for m in course.modules if m.slug == slug), None) if course else None

    def quiz(self, key: str) -> Module | None:
        """The module whose quiz is `course/slug/quiz`, or None."""
        return self.module(key.removesuffix("/quiz")) if key.endswith("/quiz") else None

    def questions(self) -> dict[str, Question]:
        """Every question by version: what the record may refer to."""
        found = {}
        for course in self.courses.values():
            for module in course.modules:
                found.update({q.version: q for q in module.quiz})
            if course.exam:
                found.update({q.version: q for q in course.exam.bank})
        return found
