"""Reading: home, courses, modules, the glossary and search."""

import unicodedata

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.guest import Guest, enter
from app.catalogue.model import Course, Lang, Module, Section
from app.learning import service
from app.learning.service import Progress, Standing
from app.learning.visit import Visit, pack, unpack
from app.refusal import NotFound
from app.web.forms import described, read_form

router = APIRouter(tags=["learning"])


def visit_of(guest: Guest) -> Visit:
    """What this visitor did on this device so far."""
    return unpack(guest.kept("visit"))


def keep_visit(guest: Guest, visit: Visit) -> None:
    """Keeps it in their browser."""
    guest.keep("visit", pack(visit))


async def progress_of(guest: Guest) -> Progress:
    """The progress of whoever asks."""
    if guest.signed_in:
        catalogue = guest.house.catalogue
        return await guest.house.database.read(service.progress_of_person, guest.person, catalogue)
    return service.progress_of_visit(visit_of(guest), guest.house.catalogue)


async def standing_of(guest: Guest, module: Module, course: Course) -> Standing:
    """How far whoever asks is in this module."""
    if guest.signed_in:
        return await guest.house.database.read(
            service.standing_of_person, guest.person, module, course
        )
    return service.standing_of_visit(visit_of(guest), module, course)


def find_course(guest: Guest, key: str) -> Course:
    """The course of this name. Raises `NotFound`."""
    course = guest.house.catalogue.courses.get(key)
    if course is None:
        raise NotFound
    return course


def find_module(guest: Guest, course: str, slug: str) -> tuple[Course, Module]:
    """The module of this name and its course. Raises `NotFound`."""
    found = find_course(guest, course)
    module = next((m for m in found.modules if m.slug == slug), None)
    if module is None:
        raise NotFound
    return found, module


@router.get("/{lang}/")
async def home(request: Request, lang: Lang) -> Response:
    """Where you stopped and what is next, or what this is."""
    guest = await enter(request, lang)
    progress = await progress_of(guest)
    catalogue = guest.house.catalogue
    context = {
        "courses": list(catalogue.courses.values()),
        "progress": progress,
        "next": service.next_step(progress, catalogue),
        "begun": any(s.state != "new" for s in progress.standings.values()),
    }
    return guest.page("learning/home.html", context)


@router.get("/{lang}/courses")
async def courses(request: Request, lang: Lang) -> Response:
    """Every course with its progress."""
    guest = await enter(request, lang)
    progress = await progress_of(guest)
    context = {"courses": list(guest.house.catalogue.courses.values()), "progress": progress}
    return guest.page("learning/courses.html", context)


@router.get("/{lang}/courses/{course}")
async def course(request: Request, lang: Lang, course: str) -> Response:
    """A course: its modules and the state of each."""
    guest = await enter(request, lang)
    found = find_course(guest, course)
    progress = await progress_of(guest)
    return guest.page("learning/course.html", {"course": found, "progress": progress})


@router.get("/{lang}/courses/{course}/{module}")
async def module(request: Request, lang: Lang, course: str, module: str) -> Response:
    """A module to read, with what is ticked."""
    guest = await enter(request, lang)
    found, reading = find_module(guest, course, module)
    standing = await standing_of(guest, reading, found)
    context = {
        "course": found,
        "module": reading,
        "standing": standing,
        "neighbours": _neighbours(found, reading),
    }
    return guest.page("learning/module.html", context, key=standing)


@router.get("/{lang}/courses/{course}/{module}/print")
async def print_module(request: Request, lang: Lang, course: str, module: str) -> Response:
    """A module on paper: all of it, nothing to press."""
    guest = await enter(request, lang)
    found, reading = find_module(guest, course, module)
    context = {"course": found, "module": reading}
    return guest.page("learning/print.html", context, key="print")


@router.post(
    "/{lang}/courses/{course}/{module}/read",
    openapi_extra=described(section="The id of the section that was read"),
)
async def mark_read(request: Request, lang: Lang, course: str, module: str) -> Response:
    """Marks a section as read and goes on to the next."""
    guest = await enter(request, lang)
    found, reading = find_module(guest, course, module)
    section = _section(reading, (await read_form(request)).text("section"))
    if guest.signed_in:
        house = guest.house
        await house.database.write(
            service.mark_read, house.record, guest.person, reading, section.id
        )
        standing = await standing_of(guest, reading, found)
    else:
        visit = visit_of(guest).with_section(reading.key, section.id)
        keep_visit(guest, visit)
        standing = service.standing_of_visit(visit, reading, found)
    if guest.swaps:
        context = {
            "course": found,
            "module": reading,
            "section": section,
            "standing": standing,
            "neighbours": _neighbours(found, reading),
        }
        return guest.part("learning/_after_reading.html", context)
    return guest.go(f"/{lang}/courses/{reading.key}#{_goes_on_at(reading, section)}")


def _section(module: Module, id_: str) -> Section:
    found = next((s for s in module.sections if s.id == id_), None)
    if found is None:
        raise NotFound
    return found


def _goes_on_at(module: Module, section: Section) -> str:
    place = module.sections.index(section) + 1
    return module.sections[place].id if place < len(module.sections) else "module-state"


def _neighbours(course: Course, module: Module) -> tuple[Module | None, Module | None]:
    modules = course.modules
    place = modules.index(module)
    before = modules[place - 1] if place else None
    after = modules[place + 1] if place + 1 < len(modules) else None
    return before, after


@router.get("/{lang}/glossary")
async def glossary(request: Request, lang: Lang) -> Response:
    """Every term with its definition, in the order of the alphabet."""
    guest = await enter(request, lang)
    terms = sorted(
        guest.house.catalogue.glossary.values(),
        key=lambda term: _folded(term.term[lang]),
    )
    return guest.page("learning/glossary.html", {"terms": terms}, key="glossary")


def _folded(text: str) -> str:
    """Accents and case do not count in the order of the alphabet."""
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


@router.get("/{lang}/glossary/{term}")
async def term(request: Request, lang: Lang, term: str) -> Response:
    """One definition, to open in its place."""
    guest = await enter(request, lang)
    found = guest.house.catalogue.glossary.get(term)
    if found is None:
        raise NotFound
    if guest.swaps:
        return guest.part("learning/_term.html", {"term": found})
    return guest.page("learning/glossary.html", {"terms": [found]}, key=term)


@router.get("/{lang}/search")
async def search(request: Request, lang: Lang, q: str = Query("", max_length=10_000)) -> Response:
    """Passages of the courses and terms that hold these words."""
    guest = await enter(request, lang)
    hits = guest.house.library().index.search(q, lang)
    return guest.page("learning/search.html", {"q": q[:200], "hits": hits})
