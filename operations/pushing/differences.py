"""What a push changes in one client's books, entry by entry, and what it does not and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from invoicing.countries.names import country_named
from invoicing.master_data.profiles import Profile
from invoicing.refusals import Refusal
from operations.copying.part import Configuration, CopiedPart, another_chart


class Mode(StrEnum):
    """Which entries are pushed: those that the client has not, those that it has, or both."""

    ADD = "add"
    UPDATE = "update"
    BOTH = "both"


class Action(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedEntry:
    """What becomes of an entry; one that is the same already is not told. `changed` has each field that is another
    then, with what it was. `code` is empty where a whole part is refused.
    """

    part: str
    code: str
    action: Action
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is pushed of the practice's configuration: parts, and of these the entries of these codes, each with the
    name of its part, or all.
    """

    source: Configuration
    parts: tuple[CopiedPart, ...]
    codes: frozenset[tuple[str, str]]
    mode: Mode

    def values(self, part: CopiedPart) -> dict[str, Any]:
        """The chosen entries of a part by their keys."""
        found = part.by_key(self.source.parts[part.name])
        return {key: value for key, value in found.items() if not self.codes or (part.name, key) in self.codes}


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry with the value that it is to have; None where it is refused."""

    part: CopiedPart
    value: Any | None
    told: PushedEntry


def differences(db: Session, chosen: Chosen, target: Configuration) -> Iterator[Difference]:
    """What is another at the target, part by part. Who writes does so before asking for the next."""
    for part in chosen.parts:
        if because := _stays(part, chosen.source.profile, target.profile):
            if chosen.values(part):
                yield Difference(part, None, _refused(part, "", because))
            continue
        here = part.by_key(target.parts[part.name])
        for key, wanted in chosen.values(part).items():
            one = _of_entry(db, part, wanted, here.get(key), chosen, target)
            if one is None:
                continue
            yield one
            if one.value is not None:
                here[key] = one.value
                target = replace(target, parts={**target.parts, part.name: tuple(here.values())})


def _stays(part: CopiedPart, source: Profile, target: Profile) -> str:
    """Why nothing of the part can be the target's, as countries or charts differ."""
    if part.of_country and source.country != target.country:
        return f"the country is {country_named(target.country)}, not {country_named(source.country)}"
    return another_chart(source, target) if part.of_chart else ""


def _of_entry(
    db: Session, part: CopiedPart, wanted: Any, before: Any | None, chosen: Chosen, target: Configuration
) -> Difference | None:
    """What becomes of one entry; None where it stays as it is."""
    if chosen.mode is (Mode.UPDATE if before is None else Mode.ADD):
        return None
    translated = part.translate((wanted,), chosen.source, target)
    why = next((one.because for one in translated.untranslated), "")
    if translated.values:
        wanted = translated.values[0]
    elif not why and before is None:
        # What is not in use at the source, such as an agent that is not enabled, goes to nobody who has it not; whoever
        # has it, has it out of use, too.
        return None
    key = part.key(wanted)
    value = part.kept_here(wanted, before) if translated.values or not why else None
    if value is not None and value == before:
        return None
    if value is None or (why and before is None):
        return Difference(part, None, _refused(part, key, why))
    return _checked(db, part, key, value, before, target)


def _checked(
    db: Session, part: CopiedPart, key: str, value: Any, before: Any | None, target: Configuration
) -> Difference:
    try:
        part.check(db, value, before, target)
    except Refusal as refused:
        return Difference(part, None, _refused(part, key, refused.message.rstrip(".")))
    action = Action.ADDED if before is None else Action.UPDATED
    changed = part.changes(before, value)
    return Difference(part, value, PushedEntry(part=part.name, code=key, action=action, changed=changed))


def _refused(part: CopiedPart, key: str, because: str) -> PushedEntry:
    return PushedEntry(part=part.name, code=key, action=Action.REFUSED, because=because)
