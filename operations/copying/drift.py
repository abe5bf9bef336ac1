"""What has drifted: which entries of a part are not as they were copied, here or where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from invoicing.countries import country
from invoicing.master_data.profiles import Profile
from invoicing.refusals import Unavailable
from operations.access import Office, open_books
from operations.copying.part import Configuration, CopiedPart
from operations.copying.parts import PARTS, load_configuration
from operations.issue_dates import local_date
from operations.layer_plans import country_source, fresh_values
from operations.organizations import ANOTHER
from operations.rights import Right
from operations.templates import Choices, fresh_entity_layer, fresh_organization_layer
from storage.books.part_provenance import EntrySource, PartSource, load_entry_sources, load_part_sources
from storage.books.pool import Books
from storage.directory import access_queries


class Drift(StrEnum):
    """Whether a part is as it was copied. Of a source that whoever asks cannot read, nothing is told."""

    NONE = "as copied"
    HERE = "changed here"
    THERE = "changed at the source"
    BOTH = "changed here and at the source"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDrift:
    """A part with the codes of the entries that are another now: `here`, and at the source. `there` is None where
    nothing of the source is told.
    """

    part: str
    source: str
    recorded_at: datetime
    recorded_by: str
    here: tuple[str, ...]
    there: tuple[str, ...] | None

    @property
    def state(self) -> Drift:
        if self.here:
            return Drift.BOTH if self.there else Drift.HERE
        return Drift.THERE if self.there else Drift.NONE


_Sources = Mapping[str, tuple[str, Configuration | None]]
"""Sources as whoever asks may know them: by what they are called, and what they have, as far as that is told."""


@dataclass(frozen=True, slots=True)
class _OnRecord:
    here: Configuration
    parts: Mapping[str, PartSource]
    entries: Mapping[str, Mapping[str, EntrySource]]


async def get_drift(office: Office, books: Books) -> list[PartDrift]:
    """Each part whose source is on record, in the order in which parts are copied."""
    known = await books.read(lambda db: _on_record(db, books))
    sources = {one.source for one in known.parts.values()}
    sources |= {entry.source for entries in known.entries.values() for entry in entries.values()}
    there = {source: await _source(office, books, source, known.here) for source in sources}
    return [_drift(part, known.parts[part.name], known, there) for part in PARTS if part.name in known.parts]


def _on_record(db: Session, books: Books) -> _OnRecord:
    here = load_configuration(db, books.organization.handle)
    return _OnRecord(here, load_part_sources(db), load_entry_sources(db))


async def _source(office: Office, books: Books, source: str, here: Configuration) -> tuple[str, Configuration | None]:
    """The source as whoever asks may know it, by its name and by what it has."""
    if here.profile.country and source == country_source(country(here.profile.country)):
        return source, _fresh(here.profile, books)
    principal = office.principal
    reach = principal.reach
    found = await office.store.directory.read(lambda db: access_queries.reachable_by_handle(db, reach, source))
    if found is None or not principal.is_person:
        # A key or a link opens one organization.
        return source if found else ANOTHER, None
    try:
        theirs = await open_books(office, found, Right.READ).read(lambda db: load_configuration(db, found.handle))
    except Unavailable:
        return source, None
    return source, theirs


def _fresh(profile: Profile, books: Books) -> Configuration:
    rules = country(profile.country)
    choices = Choices(
        accounting_standard=profile.accounting_standard,
        chart_of_accounts=profile.chart_of_accounts,
        tax_system=profile.tax_system,
    )
    organization = fresh_organization_layer(rules, choices, on=local_date(books.clock(), profile))
    return Configuration("", profile, fresh_values(organization, fresh_entity_layer(rules, choices)))


def _drift(part: CopiedPart, recorded: PartSource, known: _OnRecord, there: _Sources) -> PartDrift:
    said, theirs = there[recorded.source]
    entries = known.entries.get(part.name, {})
    here = part.by_key(known.here.parts[part.name])
    changed = {key for key, value in here.items() if _is_another(part, value, entries.get(key))}
    changed |= entries.keys() - here.keys()
    changed_there = None
    if theirs is not None and part.name in theirs.parts:
        changed_there = _changed_there(part, entries, there) | _added_there(part, theirs, known.here, entries)
    return PartDrift(
        part=part.name,
        source=said,
        recorded_at=recorded.recorded_at,
        recorded_by=recorded.recorded_by,
        here=tuple(sorted(changed)),
        there=None if changed_there is None else tuple(sorted(changed_there)),
    )


def _is_another(part: CopiedPart, value: Any, entry: EntrySource | None) -> bool:
    """Whether an entry is not as it was copied. Each organization has all fields of its profile: one without a source
    was never copied.
    """
    if entry is None:
        return not part.of_models
    return part.digest(value) != entry.digest_here


def _changed_there(part: CopiedPart, entries: Mapping[str, EntrySource], there: _Sources) -> set[str]:
    """Entries that are another where each came from, as far as that is told."""
    changed = set()
    for key, entry in entries.items():
        _, theirs = there[entry.source]
        if theirs is not None and part.name in theirs.parts:
            now = part.by_key(theirs.parts[part.name]).get(key)
            if now is None or part.digest(now) != entry.digest:
                changed.add(key)
    return changed


def _added_there(
    part: CopiedPart, theirs: Configuration, here: Configuration, entries: Mapping[str, EntrySource]
) -> set[str]:
    """Entries that the source of the part has by now, or had and did not fit."""
    fitting = part.by_key(part.translate(theirs.parts[part.name], theirs, here).values)
    return fitting.keys() - entries.keys() - part.by_key(here.parts[part.name]).keys()
