"""Queries of the directory on summaries: what each organization's books come to, and how they looked when it was read.

A summary is made from the books alone and can be made again at any time. It counts only as long as the books' file
looks as it did when they were read, and their anchor is no further: what a crash leaves behind is read anew, and never
told as if it were the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlmodel import Session

from invoicing.reports.summaries import SUMMARIES_REMEMBERED
from storage.directory.tables import Anchor
from storage.directory.tables import Summary as SummaryRow
from storage.queries.among import among_many, batches_of
from storage.queries.cache import remembered_for_now
from storage.queries.statements import execute, insert_rows, table_of

FORM = 2
"""How summaries are made. With another figure or rule it is another number, and older ones are made anew."""

_FEW = 50
_SUMMARIES, _ANCHORS = table_of(SummaryRow), table_of(Anchor)
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_ALL_KEPT = (
    select(_SUMMARIES.c.organization_id, _SUMMARIES.c.look, _SUMMARIES.c.entries, _SUMMARIES.c.figures)
    .join_from(_SUMMARIES, _ANCHORS, _ANCHORS.c.organization_id == _SUMMARIES.c.organization_id)
    # Books whose anchor is lost, or not set yet, are opened: what is wrong with them is told.
    .where(_SUMMARIES.c.form == FORM, _ANCHORS.c.entries <= _SUMMARIES.c.entries)
)
_KEPT = _ALL_KEPT.where(_SUMMARIES.c.organization_id.in_(_IDS))
_MANY_KEPT = _ALL_KEPT.where(among_many(_SUMMARIES.c.organization_id))
_FORGET = delete(_SUMMARIES).where(_SUMMARIES.c.organization_id.in_(_IDS))
_ADD = _SUMMARIES.insert().inline()
_CHANGE_LOOK = (
    update(_SUMMARIES)
    .where(_SUMMARIES.c.organization_id == bindparam("of"), _SUMMARIES.c.look == bindparam("before"))
    .values(look=bindparam("after"))
)


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """What an organization's books came to, as text: how their file looked before they were read, and the position of
    the last entry of their audit trail.
    """

    organization_id: str
    look: str
    entries: int
    figures: str


def summaries_of(session: Session, ids: Sequence[str]) -> dict[str, KeptSummary]:
    """Of those of the organizations that have a summary which no anchor contradicts, by id. Until another connection
    changes the directory, it is what was found last time: summaries are no settings, and are never read where they
    are written.
    """
    return dict(remembered_for_now(session, ("summaries", *ids), lambda db: _read_summaries(db, ids)))


def _read_summaries(session: Session, ids: Sequence[str]) -> dict[str, KeptSummary]:
    if len(ids) <= _FEW:
        rows = execute(session, _KEPT, {"ids": ids}).all()
    else:
        rows = [row for batch in batches_of(ids) for row in execute(session, _MANY_KEPT, batch)]
    return {row[0]: _kept_summary(*row) for row in rows}


@lru_cache(SUMMARIES_REMEMBERED)
def _kept_summary(organization_id: str, look: str, entries: int, figures: str) -> KeptSummary:
    """The same value for the same row: what is worked out from it is known by it."""
    return KeptSummary(organization_id, look, entries, figures)


def keep_summaries(session: Session, summaries: Iterable[KeptSummary]) -> None:
    """Keep these in the place of what there is of their organizations."""
    rows = [
        {
            "organization_id": one.organization_id,
            "look": one.look,
            "entries": one.entries,
            "form": FORM,
            "figures": one.figures,
        }
        for one in summaries
    ]
    execute(session, _FORGET, {"ids": [row["organization_id"] for row in rows]})
    insert_rows(session, _ADD, rows)


def change_looks(session: Session, looks: Mapping[str, tuple[str, str]]) -> None:
    """Let the summaries of books that looked like the first text count while they look like the second."""
    for organization_id, (before, after) in looks.items():
        execute(session, _CHANGE_LOOK, {"of": organization_id, "before": before, "after": after})


def forget_summaries(session: Session) -> None:
    """Forget all of them: each is made anew when it is asked for."""
    execute(session, delete(_SUMMARIES))
