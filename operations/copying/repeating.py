"""Copying the entity layer once more into a client that was made before, where it did not fit then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from invoicing.master_data.profiles import Profile
from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput, NotAllowed
from invoicing.remedies import Remark
from operations.access import Office, open_books
from operations.configuration.workflows import OWNERS_ALONE, owners_alone
from operations.copying.part import Configuration, CopiedPart, changes_on_record
from operations.copying.parts import load_configuration, parts_of
from operations.copying.workflows import WORKFLOWS
from operations.copying.writing import record_parts
from operations.layer_outcomes import Layer, LayerState
from operations.layer_plans import PlannedLayer, PlannedPart, entity_layer
from operations.naming import client_named
from operations.rights import Right
from storage.books import audit
from storage.books.pool import Books
from storage.books.profile import record_provenance
from storage.books.states import settings_state

REPEATED = "repeat_layer"
"""The act on record when a layer was copied once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedEntry:
    """An entry that is another at the client when the layer is copied once more: each field with what it was."""

    part: CopiedPart
    code: str
    value: Any
    added: bool
    changed: Mapping[str, tuple[str, str]]

    @property
    def in_words(self) -> Remark:
        """The entry, field by field."""
        if self.added:
            said = "; ".join(f"{name} {now}" for name, (_, now) in self.changed.items())
            return Remark(f"New: the {self.part.noun} {self.code}: {said}.")
        said = "; ".join(
            f"{name} {before or '(nothing)'} -> {now or '(nothing)'}" for name, (before, now) in self.changed.items()
        )
        return Remark(f"Changed: the {self.part.noun} {self.code}: {said}.")


@dataclass(frozen=True, slots=True)
class RepeatedLayer:
    """The layer as it fits the client, of whom this is the profile, and the entries that are another then."""

    profile: Profile
    layer: PlannedLayer
    entries: tuple[RepeatedEntry, ...]


async def find_client(
    office: Office, partner: OrganizationRef, handle: str, *, name: str, place: str
) -> OrganizationRef:
    """The client of this handle, which must be the one that a first call made by this name in this country.

    Raises:
        NotFound: the practice has no such client that the principal can reach.
        InvalidInput: no handle, or a client of another name or country.
    """
    if not handle.strip():
        raise InvalidInput("handle is required: that of the client which the first call made.", field="handle")
    reach = office.principal.reach
    found = await office.store.directory.read(lambda db: client_named(db, reach, partner, handle, field="handle"))
    if (found.name, found.country) != (name, place):
        raise InvalidInput(
            f"handle: {found.handle} is {found.name} ({found.country}): give its own name and country.", field="handle"
        )
    return found


async def copy_entity_layer(
    office: Office, client: OrganizationRef, source: Configuration, *, dry_run: bool
) -> RepeatedLayer:
    """Bring posting profiles and what goes with them in line with the source's, as far as they fit. Saying again what
    is so already changes nothing.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: the client is archived.
        LimitExceeded: there would be more of something than a client can have.
    """
    books = open_books(office, client, Right.CHANGE_SETTINGS)
    if dry_run:
        return await books.read(lambda db: _planned(db, books, source))
    return await books.write(lambda db: _write(db, books, source))


def _planned(db: Session, books: Books, source: Configuration) -> RepeatedLayer:
    target = load_configuration(db, books.organization.handle)
    layer = entity_layer(source, target, _as_it_is(target))
    copying = layer.state in (LayerState.COPIED, LayerState.PARTIAL)
    entries = tuple(entry for planned in layer.parts for entry in _entries(db, planned, target)) if copying else ()
    kept = owners_alone(db, books)
    for entry in entries:
        if entry.part is WORKFLOWS and entry.code in kept:
            raise NotAllowed(f"The workflow {entry.code} of {books.organization.handle} {OWNERS_ALONE}.")
    return RepeatedLayer(target.profile, layer, entries)


def _entries(db: Session, planned: PlannedPart, target: Configuration) -> Iterator[RepeatedEntry]:
    """What is another at the target, each checked as it is with those before it."""
    part = planned.part
    here = part.by_key(target.parts[part.name])
    for key, value in part.by_key(planned.values).items():
        before = here.get(key)
        if key not in planned.copied or before == value:
            continue
        part.check(db, value, before, replace(target, parts={**target.parts, part.name: tuple(here.values())}))
        here[key] = value
        yield RepeatedEntry(part=part, code=key, value=value, added=before is None, changed=part.changes(before, value))


def _as_it_is(target: Configuration) -> PlannedLayer:
    """The client's own entity layer as the usual one."""
    parts = tuple(_own(part, target) for part in parts_of(Layer.ENTITY))
    return PlannedLayer(layer=Layer.ENTITY, state=LayerState.SKIPPED, source=target.handle, parts=parts)


def _own(part: CopiedPart, target: Configuration) -> PlannedPart:
    values, source = target.parts[part.name], target.handle
    return PlannedPart(part=part, values=values, source=source, theirs=values, copied=frozenset(), usual_source=source)


def _write(db: Session, books: Books, source: Configuration) -> RepeatedLayer:
    repeated = _planned(db, books, source)
    if not repeated.entries:
        return repeated
    for entry in repeated.entries:
        if entry.part.put is not None:
            entry.part.put(db, entry.value)
        elif entry.added:
            entry.part.add(db, (entry.value,))
    layer, now, by = repeated.layer, books.clock(), books.actor
    record_provenance(db, layer.layer.value, layer.source, at=now, by=by)
    record_parts(db, [_only_copied(planned) for planned in layer.parts], at=now, by=by)
    changed = changes_on_record((entry.part.name, entry.code, entry.changed) for entry in repeated.entries)
    detail: dict[str, object] = {"source": source.handle, "changed": changed}
    detail["settings"] = settings_state(db)
    audit.record(db, REPEATED, layer.layer.value, at=now, by=by, detail=detail)
    return repeated


def _only_copied(planned: PlannedPart) -> PlannedPart:
    """Without what the client has for itself, whose source stays as it is on record."""
    return replace(planned, values=tuple(one for one in planned.values if planned.part.key(one) in planned.copied))
