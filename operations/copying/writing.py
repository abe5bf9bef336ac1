"""Writing a plan's layers into new books: each layer whole or not at all, with where its parts came from."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from invoicing.countries import country
from invoicing.progress import Progress
from invoicing.refusals import Refusal
from invoicing.remedies import Remark
from operations.copying.part import digest
from operations.layer_outcomes import LayerState
from operations.layer_plans import Plan, PlannedLayer, PlannedPart
from operations.templates import fresh_series
from storage.books.part_provenance import EntrySource, PartSource, record_sources
from storage.books.profile import record_provenance
from storage.books.series import save_series
from storage.sqlite.savepoints import whole_or_not_at_all

LAYERS = 3
"""The schema is the first of them."""

_log = logging.getLogger("counterfoil")


def nobody(done: int, of: int) -> None:
    """Tells nobody how far it has come."""


def save_layers(db: Session, plan: Plan, *, at: datetime, by: str, progress: Progress = nobody) -> Plan:
    """Write a plan's organization and entity layers, with new number series, into books that have none; answers the
    plan as it was written. Where the entity layer that is asked for cannot be, it is the usual one.
    """
    progress(1, LAYERS)
    _add(db, plan.organization)
    save_series(db, fresh_series(country(plan.profile.country)))
    progress(2, LAYERS)
    written = _with_entity_layer(db, plan)
    for layer in (written.organization, written.entity):
        record_provenance(db, layer.layer.value, layer.source, at=at, by=by)
    record_parts(db, written.parts, at=at, by=by)
    progress(LAYERS, LAYERS)
    return written


def record_parts(db: Session, parts: Iterable[PlannedPart], *, at: datetime, by: str) -> None:
    """Put on record where these parts came from, with digests of what their entries were like there and are here."""
    sources, entries = [], []
    for planned in parts:
        name, source, theirs = planned.part.name, planned.outcome.source, planned.part.by_key(planned.theirs)
        sources.append(
            PartSource(part=name, source=source, digest=digest(planned.theirs), recorded_at=at, recorded_by=by)
        )
        for key, value in planned.part.by_key(planned.values).items():
            here = planned.part.digest(value)
            copied = key in planned.copied
            entries.append(
                EntrySource(
                    part=name,
                    code=key,
                    source=planned.source if copied else planned.usual_source,
                    digest=planned.part.digest(theirs[key]) if copied else here,
                    digest_here=here,
                )
            )
    record_sources(db, sources, entries)


def _with_entity_layer(db: Session, plan: Plan) -> Plan:
    if plan.entity is plan.usual_entity:
        _add(db, plan.entity)
        return plan
    try:
        whole_or_not_at_all(db, lambda session: _add(session, plan.entity))
    except Refusal:
        # The storage is at fault, or there is too much to do: nothing else would fare better.
        raise
    except Exception:
        _log.exception("the posting profiles of %s could not be copied", plan.entity.source)
        _add(db, plan.usual_entity)
        said = f"Posting profiles and what goes with them could not be copied from {plan.entity.source}."
        usual = replace(plan.usual_entity, state=LayerState.FAILED)
        return replace(plan, entity=usual, notes=(*plan.notes, Remark(said)))
    return plan


def _add(db: Session, layer: PlannedLayer) -> None:
    for planned in layer.parts:
        planned.part.add(db, planned.values)
