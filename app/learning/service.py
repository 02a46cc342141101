"""Progress: what is read, what is finished, where somebody stopped and what is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import bindparam, select

from app.catalogue.model import Catalogue, Course, Module
from app.database import Query, Reader, Transaction
from app.database.statements import table_of
from app.learning import models
from app.learning.record import Record
from app.learning.visit import Result, Visit, sections_of
from app.refusal import NotFound

State: TypeAlias = Literal["new", "begun", "read", "finished"]

_READ = table_of(models.SectionRead)
_PLACE = table_of(models.LastPlace)
_RESULT = table_of(models.QuizResult)

_OF_MODULE = Query(
    select(_READ.c.section).where(
        _READ.c.person == bindparam("who"), _READ.c.module == bindparam("of")
    ),
    str,
)
_ALL_READ = Query(
    select(_READ.c.module, _READ.c.section).where(_READ.c.person == bindparam("who")),
    lambda module, section: (str(module), str(section)),
)
_OF_QUIZ = Query(
    select(_RESULT.c.attempts, _RESULT.c.best, _RESULT.c.last).where(
        _RESULT.c.person == bindparam("who"), _RESULT.c.quiz == bindparam("of")
    ),
    Result,
)
_RESULTS = Query(
    select(_RESULT.c.quiz, _RESULT.c.attempts, _RESULT.c.best, _RESULT.c.last).where(
        _RESULT.c.person == bindparam("who")
    ),
    lambda quiz, attempts, best, last: (str(quiz), Result(attempts, best, last)),
)
_STOPPED = Query(select(_PLACE.c.object).where(_PLACE.c.person == bindparam("who")), str)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is in one module. `best` and `last` are shares 0..1, None before a try.

    `read` holds the ids of the sections that the module has today, in its order.
    """

    read: tuple[str, ...]
    sections: int
    attempts: int
    best: float | None
    last: float | None
    passed: bool

    @property
    def all_read(self) -> bool:
        """Whether every section is ticked."""
        return len(self.read) == self.sections

    @property
    def state(self) -> State:
        """A module is finished when all is read and the quiz is passed once."""
        if self.all_read and self.passed:
            return "finished"
        if self.all_read:
            return "read"
        return "begun" if self.read or self.attempts else "new"


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything about one person's or visitor's progress, by module."""

    standings: Mapping[str, Standing]
    place: str

    def finished(self, course: Course) -> int:
        """How many modules of a course are finished."""
        return sum(self.standings[m.key].state == "finished" for m in course.modules)


def result_of(reader: Reader, person: str, quiz: str) -> Result | None:
    """What this person reached in this quiz, or None before the first submission."""
    return reader.one(_OF_QUIZ, who=person, of=quiz)


def standing(module: Module, course: Course, read: set[str], result: Result | None) -> Standing:
    """How far these sections and this result bring somebody in a module."""
    best = result.best if result else None
    return Standing(
        read=tuple(s.id for s in module.sections if s.id in read),
        sections=len(module.sections),
        attempts=result.attempts if result else 0,
        best=best,
        last=result.last if result else None,
        passed=best is not None and best >= course.pass_mark,
    )


def standing_of_person(reader: Reader, person: str, module: Module, course: Course) -> Standing:
    """How far a person is in a module."""
    read = set(reader.all(_OF_MODULE, who=person, of=module.key))
    return standing(module, course, read, result_of(reader, person, module.quiz_key))


def standing_of_visit(visit: Visit, module: Module, course: Course) -> Standing:
    """How far a visitor is in a module, by their own cookie."""
    read = set(sections_of(visit, module.key, (s.id for s in module.sections)))
    return standing(module, course, read, visit.results.get(module.quiz_key))


def progress_of_person(reader: Reader, person: str, catalogue: Catalogue) -> Progress:
    """A person's progress in every module."""
    read: dict[str, set[str]] = {}
    for module, section in reader.all(_ALL_READ, who=person):
        read.setdefault(module, set()).add(section)
    results = dict(reader.all(_RESULTS, who=person))
    standings = {
        module.key: standing(
            module, course, read.get(module.key, set()), results.get(module.quiz_key)
        )
        for course in catalogue.courses.values()
        for module in course.modules
    }
    return Progress(standings, reader.one(_STOPPED, who=person) or "")


def progress_of_visit(visit: Visit, catalogue: Catalogue) -> Progress:
    """A visitor's progress in every module."""
    standings = {
        module.key: standing_of_visit(visit, module, course)
        for course in catalogue.courses.values()
        for module in course.modules
    }
    return Progress(standings, visit.place)


@dataclass(frozen=True, slots=True)
class Next:
    """Where to go on: a section of a module, its quiz, or the next module."""

    module: Module
    course: Course
    kind: Literal["section", "quiz"]
    section: str | None


def next_step(progress: Progress, catalogue: Catalogue) -> Next | None:
    """What comes next: in the module where somebody stopped, else the first unfinished one
    after it, else any; None when all is done."""
    order = [(c, m) for c in catalogue.courses.values() for m in c.modules]
    stopped = progress.place.partition("#")[0].removesuffix("/quiz")
    start = next((n for n, (_, m) in enumerate(order) if m.key == stopped), 0)
    for course, module in order[start:] + order[:start]:
        now = progress.standings[module.key]
        if now.state == "finished":
            continue
        section = next((s.id for s in module.sections if s.id not in now.read), None)
        return Next(module, course, "section" if section else "quiz", section)
    return None


def mark_read(tx: Transaction, record: Record, person: str, module: Module, section: str) -> None:
    """Records that a section is read; a second time changes nothing. Raises `NotFound`."""
    found = next((s for s in module.sections if s.id == section), None)
    if found is None:
        raise NotFound
    record.append(tx, person, "section.read", f"{module.key}#{section}", version=found.version)
