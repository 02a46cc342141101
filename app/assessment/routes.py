"""Quizzes: start, answer, look at the result, try again. One address, with or without scripts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.guest import Guest, enter, safe_next
from app.assessment import service
from app.assessment.attempts import Attempt, Layout, Typed, begin, give, pending, submit
from app.assessment.marking import Given, UnusableAnswer
from app.assessment.sheet import Shown, given_in, show, typed_in
from app.assessment.visits import attempt_in, with_attempt
from app.catalogue.model import LANGS, Course, Lang, Module, Question
from app.catalogue.questions import from_json
from app.learning.identity import is_id
from app.learning.routes import find_module, keep_visit, standing_of, visit_of
from app.refusal import NotFound
from app.web.forms import Form, described, read_form

router = APIRouter(tags=["assessment"])


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was typed for a question that could not be taken, and why."""

    typed: Typed
    error: str


@router.get("/{lang}/courses/{course}/{module}/quiz")
async def quiz(
    request: Request,
    lang: Lang,
    course: str,
    module: str,
    n: int = Query(0, description="The question to look at, from 1; 0 for the next open one"),
) -> Response:
    """The quiz as it stands: its start, its open questions, or its result."""
    guest = await enter(request, lang)
    found, reading = find_module(guest, course, module)
    attempt = await _attempt(guest, reading)
    return await _page(guest, found, reading, attempt, n)


@router.post(
    "/{lang}/courses/{course}/{module}/quiz/start",
    openapi_extra=described(attempt="A UUID", layout="one or all"),
)
async def start_quiz(request: Request, lang: Lang, course: str, module: str) -> Response:
    """Begins a go, or goes on with the one that is open."""
    guest = await enter(request, lang)
    _, reading = find_module(guest, course, module)
    form = await read_form(request)
    id_ = form.text("attempt") if is_id(form.text("attempt")) else str(uuid.uuid4())
    layout: Layout = "all" if form.text("layout") == "all" else "one"
    house = guest.house
    if guest.signed_in:
        await house.database.write(service.start, house.record, guest.person, reading, id_, layout)
    else:
        visit = visit_of(guest)
        known = attempt_in(visit, reading.quiz_key)
        if known is None or (known.submitted and known.id != id_):
            attempt = begin(id_, reading.quiz_key, id_, layout, reading.quiz)
            keep_visit(guest, with_attempt(visit, attempt))
    return guest.go(f"/{lang}/courses/{reading.key}/quiz")


@router.post(
    "/{lang}/courses/{course}/{module}/quiz",
    openapi_extra=described(attempt="A UUID", n="The question's number", switch="fr or en"),
)
async def answer_quiz(request: Request, lang: Lang, course: str, module: str) -> Response:
    """Takes answers; with `switch`, only keeps what is ticked and changes the language."""
    guest = await enter(request, lang)
    found, reading = find_module(guest, course, module)
    form = await read_form(request)
    attempt = await _attempt(guest, reading)
    address = f"courses/{reading.key}/quiz"
    if attempt is None or attempt.submitted or attempt.id != form.text("attempt"):
        return guest.go(f"/{lang}/{address}")
    questions = await _questions(guest, reading, attempt)
    if form.text("switch") in LANGS:
        await _keep_drafts(guest, attempt, questions, form)
        suffix = f"?n={form.text('n')}" if form.text("n").isdigit() else ""
        return guest.go(safe_next(f"/{form.text('switch')}/{address}{suffix}", lang))
    given, wrong = _read(attempt, questions, form, lang)
    number = _number(attempt, form)
    if wrong and (attempt.layout == "all" or not given):
        await _keep_drafts(guest, attempt, questions, form)
        return await _page(guest, found, reading, attempt, number, wrong, status=422)
    attempt = await _answer(guest, attempt, given, questions)
    if guest.swaps:
        return await _page(guest, found, reading, attempt, number)
    return guest.go(f"/{lang}/{address}" + (f"?n={number}" if attempt.layout == "one" else ""))


@router.post(
    "/{lang}/courses/{course}/{module}/quiz/draft",
    openapi_extra=described(attempt="A UUID"),
)
async def keep_draft(request: Request, lang: Lang, course: str, module: str) -> Response:
    """Keeps what is ticked and not yet sent."""
    guest = await enter(request, lang)
    _, reading = find_module(guest, course, module)
    form = await read_form(request)
    attempt = await _attempt(guest, reading)
    if attempt is None or attempt.submitted or attempt.id != form.text("attempt"):
        raise NotFound("attempt-over")
    await _keep_drafts(guest, attempt, await _questions(guest, reading, attempt), form)
    return guest.finish(Response(status_code=204))


async def _attempt(guest: Guest, module: Module) -> Attempt | None:
    if guest.signed_in:
        read = guest.house.database.read
        return await read(service.latest_attempt, guest.person, module.quiz_key)
    return attempt_in(visit_of(guest), module.quiz_key)


async def _questions(guest: Guest, module: Module, attempt: Attempt) -> dict[str, Question]:
    """The questions of an attempt by version, as they were when it drew them."""
    now = {question.version: question for question in module.quiz}
    found = {}
    for _, version in attempt.questions:
        question = now.get(version) or await guest.house.database.read(
            service.old_question, version, from_json
        )
        if question is None:
            raise NotFound
        found[version] = question
    return found


def _read(
    attempt: Attempt, questions: Mapping[str, Question], form: Form, lang: Lang
) -> tuple[dict[str, Given], dict[str, Wrong]]:
    """The answers in a form, and what could not be taken. All on a page: every open question
    has to be answered; one at a time: the one that was shown."""
    versions = dict(attempt.questions)
    asked = pending(attempt)
    if attempt.layout == "one":
        shown = attempt.questions[_number(attempt, form) - 1][0]
        asked = [key for key in asked if key == shown]
    given: dict[str, Given] = {}
    wrong: dict[str, Wrong] = {}
    for key in asked:
        question = questions[versions[key]]
        typed = typed_in(question, form)
        try:
            answer = given_in(attempt, question, typed, lang)
            give(attempt, question, answer)
            given[key] = answer
        except UnusableAnswer as error:
            wrong[key] = Wrong(typed, str(error.args[0]))
    return given, wrong


def _number(attempt: Attempt, form: Form) -> int:
    text = form.text("n")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    following = attempt.next if attempt.next is not None else 0
    return number if 1 <= number <= len(attempt.questions) else following + 1


async def _answer(
    guest: Guest, attempt: Attempt, given: Mapping[str, Given], questions: Mapping[str, Question]
) -> Attempt:
    house = guest.house
    if guest.signed_in:
        return await house.database.write(
            service.answer, house.record, guest.person, attempt, given, questions
        )
    versions = dict(attempt.questions)
    for key, answer in given.items():
        attempt = give(attempt, questions[versions[key]], answer)
    if not pending(attempt):
        attempt = submit(attempt)
    keep_visit(guest, with_attempt(visit_of(guest), attempt))
    return attempt


async def _keep_drafts(
    guest: Guest, attempt: Attempt, questions: Mapping[str, Question], form: Form
) -> None:
    typed = {q.key: typed_in(q, form) for q in questions.values()}
    drafts = {key: fields for key, fields in typed.items() if fields}
    house = guest.house
    if guest.signed_in:
        await house.database.write(service.keep_drafts, guest.person, attempt, drafts, guest.now)
    else:
        kept = {**attempt.drafts, **{k: drafts[k] for k in pending(attempt) if k in drafts}}
        attempt = replace(attempt, drafts=kept)
        keep_visit(guest, with_attempt(visit_of(guest), attempt))


async def _page(
    guest: Guest,
    course: Course,
    module: Module,
    attempt: Attempt | None,
    number: int,
    wrong: Mapping[str, Wrong] | None = None,
    status: int = 200,
) -> Response:
    standing = await standing_of(guest, module, course)
    context = {"course": course, "module": module, "standing": standing, "attempt": attempt}
    context["new_attempt"] = str(uuid.uuid4())
    if attempt is None:
        return guest.page("assessment/start.html", context)
    questions = await _questions(guest, module, attempt)
    shown = [
        _shown(attempt, questions[version], guest.lang, (wrong or {}).get(key))
        for key, version in attempt.questions
    ]
    context["shown"] = shown
    one = attempt.layout == "one" and not (attempt.submitted and not number)
    if one:
        place = min(max(number, 1), len(shown)) if number else (attempt.next or 0) + 1
        context["question"] = shown[place - 1]
    elif attempt.submitted:
        name = "assessment/result.html"
        return guest.page(name, context, status=status)
    name = "assessment/question" if one else "assessment/sheet"
    if guest.swaps:
        return guest.part(f"{name.replace('/', '/_')}.html", context, status=status)
    return guest.page(f"{name}.html", context, status=status)


def _shown(attempt: Attempt, question: Question, lang: Lang, wrong: Wrong | None) -> Shown:
    if wrong is None:
        return show(attempt, question, lang)
    return show(attempt, question, lang, typed=wrong.typed, error=wrong.error)
