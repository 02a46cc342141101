"""Where people are and which group they belong to: reference data, dated where it changed."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_REFERENCE = Path(__file__).parent / "reference"

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Province:
    """A province or region. `valid_to` is the year after which nobody new is placed there."""

    code: str
    names: Names
    valid_to: int | None
    territories: dict[str, Names]


@dataclass(frozen=True, slots=True)
class Country:
    """A country with what its provinces and their parts are called."""

    code: str
    names: Names
    kind: Names
    part_kind: Names
    provinces: dict[str, Province]


def _names(entry: dict[str, Any]) -> Names:
    return {"fr": entry["fr"], "en": entry["en"]}


def _load(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((_REFERENCE / name).read_text("utf-8"), loader)  # noqa: S506  (a safe loader)


@cache
def countries() -> dict[str, Country]:
    """The countries of the programme, in the order in which they are offered."""
    return {c["code"]: _country(c) for c in _load("places.yaml")}


def _country(entry: dict[str, Any]) -> Country:
    provinces = (
        Province(
            code=p["code"],
            names=_names(p),
            valid_to=p.get("valid_to"),
            territories={t["code"]: _names(t) for t in p.get("territories") or ()},
        )
        for p in entry["provinces"]
    )
    return Country(
        code=entry["code"],
        names=_names(entry),
        kind=_names(entry["type"]),
        part_kind=_names(entry["subtype"]),
        provinces={p.code: p for p in provinces},
    )


@cache
def stakeholder_groups() -> dict[str, Names]:
    """The groups that a person can say to belong to."""
    return {g["code"]: _names(g) for g in _load("groups.yaml")}


GENDERS = ("woman", "man", "other", "unsaid")


@dataclass(frozen=True, slots=True)
class Place:
    """A country, a province of it, a territory of that; each may be missing."""

    country: str | None
    province: str | None
    territory: str | None


def place_of(choice: str) -> Place:
    """The place behind one choice: the code of a territory, a province or a country, or ''.

    Raises `KeyError` for a code that is none, or that nobody new is placed in.
    """
    if not choice:
        return Place(None, None, None)
    for country in countries().values():
        if choice == country.code:
            return Place(country.code, None, None)
        for province in country.provinces.values():
            if choice == province.code and province.valid_to is None:
                return Place(country.code, province.code, None)
            if choice in province.territories and province.valid_to is None:
                return Place(country.code, province.code, choice)
    raise KeyError(choice)
