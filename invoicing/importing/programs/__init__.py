"""The exports of usual programs, by their headings: one file for each program, with what was looked up and when.

A profile knows what a program's columns mean where their names alone do not say so, and which say nothing that is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from invoicing.importing.vocabulary import Kind
from invoicing.importing.words import bare
from invoicing.refusals import InvalidInput

NONE = "none"
"""Said in the place of a program: no profile is to be taken."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """How rows of one thing follow each other: those of the same `key` leave out what the first one says under
    `headings`; rows without `needed` say nothing that is kept.
    """

    key: str
    headings: tuple[str, ...]
    needed: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An export of a program: `marks` are headings that it always has, `fields` what its headings are, by their bare
    names and in the order in which they are preferred.
    """

    program: str
    name: str
    kind: Kind
    what: str
    marks: frozenset[str]
    fields: Mapping[str, str]
    repeated: Repeated | None = None

    @property
    def told(self) -> str:
        return f"{self.name}, {self.what}"


def profile_of(kind: Kind, header: Sequence[str], asked: str = "") -> Profile | None:
    """The profile whose marks are all in the header, the one with most of them; None where there is none.

    `asked` is a program that somebody named, or `NONE`.

    Raises:
        InvalidInput: no such program, or none of its exports has such a header.
    """
    wanted = asked.strip().lower().replace(" ", "_")
    if wanted == NONE:
        return None
    names = frozenset(bare(heading) for heading in header)
    known = [one for one in _profiles() if one.kind is kind and wanted in ("", one.program)]
    found = sorted((one for one in known if one.marks <= names), key=lambda one: -len(one.marks))
    if not wanted:
        return found[0] if found else None
    programs = sorted({one.program for one in _profiles()})
    if wanted not in programs:
        raise InvalidInput(f"profile must be {NONE} or one of: {', '.join(programs)}.", field="profile")
    if not found:
        raise InvalidInput(f"The file has not the headings of an export of {kind.value} by {wanted}.", field="profile")
    return found[0]


def is_heading(kind: Kind, heading: str) -> bool:
    """Whether a program's export of this kind has a column of this name that is a field."""
    return bare(heading) in _all_headings(kind)


@cache
def _all_headings(kind: Kind) -> frozenset[str]:
    return frozenset(name for one in _profiles() if one.kind is kind for name in (*one.fields, *one.marks))


@cache
def _profiles() -> tuple[Profile, ...]:
    found: list[Profile] = []
    for entry in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            data = tomllib.loads(entry.read_text("utf-8"))
            program = entry.name.removesuffix(".toml")
            found.extend(_profile(program, data["name"], export) for export in data["exports"])
    return tuple(found)


def _profile(program: str, name: str, export: Mapping[str, Any]) -> Profile:
    repeated = export.get("repeated")
    return Profile(
        program=program,
        name=name,
        kind=Kind(export["kind"]),
        what=export["what"],
        marks=frozenset(bare(one) for one in export["marks"]),
        fields={bare(heading): field for heading, field in export["fields"].items()},
        repeated=Repeated(repeated["key"], tuple(repeated["headings"]), repeated["needed"]) if repeated else None,
    )
