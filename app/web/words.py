"""The interface's words: gettext catalogues read at start, and formats by Babel.

The catalogues are compiled in memory, so that a `.po` file edited in the field is in force
at the next start and no compiled file can be stale.
"""

import gettext
import io
from calendar import Calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from app.catalogue.model import LANGS, Lang

LANGUAGE_NAMES: dict[Lang, str] = {"fr": "Français", "en": "English"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its texts and the way it writes dates and numbers."""

    lang: Lang
    texts: gettext.NullTranslations
    zone: ZoneInfo

    def say(self, message: str, **values: object) -> str:
        """A message in this language, its gaps `%(name)s` filled."""
        text = self.texts.gettext(message)
        return text % values if values else text

    def day(self, moment: int) -> str:
        """A moment (milliseconds since 1970, UTC) as a day in the reader's zone."""
        return format_date(self._local(moment), "long", locale=self.lang)

    def minute(self, moment: int) -> str:
        """A moment as day and time in the reader's zone."""
        local = self._local(moment)
        return format_datetime(local, "short", tzinfo=self.zone, locale=self.lang)

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return format_decimal(value, locale=self.lang)

    def percent(self, share: float) -> str:
        """A share 0..1 as a whole percentage; 100 % only for the whole."""
        text: str = format_percent(
            1 if share >= 1 else min(round(share, 2), 0.99), locale=self.lang
        )
        return text

    def month(self, moment: int, later: int) -> dict[str, object]:
        """A calendar page: the month of a moment, some months later."""
        today = self._local(moment)
        count = today.year * 12 + today.month - 1 + later
        year, month = divmod(count, 12)
        first = today.replace(year=year, month=month + 1, day=1)
        days = get_day_names("abbreviated", "stand-alone", self.lang)
        return {
            "name": format_date(first, "LLLL y", locale=self.lang),
            "weekdays": [days[n] for n in range(7)],
            "weeks": Calendar().monthdayscalendar(year, month + 1),
            "later": later,
            "today": today.day if later == 0 else 0,
        }

    def _local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment / 1000, UTC).astimezone(self.zone)


def load_words(folder: Path, zone: str) -> dict[Lang, Words]:
    """Every language's words. `zone` is the name of the zone that dates are shown in."""
    return {lang: Words(lang, _texts(folder, lang), ZoneInfo(zone)) for lang in LANGS}


def _texts(folder: Path, lang: Lang) -> gettext.GNUTranslations:
    with (folder / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose_language(cookie: str, accepted: str) -> Lang:
    """The language of a first visit: the cookie, then what the browser accepts, then French."""
    if cookie in LANGS:
        return cookie
    ranked = []
    for part in accepted.split(",")[:20]:
        name, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), name[:2].lower()))
        except ValueError:
            continue
    for _, name in sorted(ranked, key=lambda item: item[0]):
        if name in LANGS:
            return name
    return "fr"
