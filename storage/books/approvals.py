"""Queries on what waits for approval, and on what issued documents were approved by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, case, exists, func, select
from sqlmodel import Session

from invoicing.approval.approvals import Approval, GivenApproval, How, State
from invoicing.document.canonical import canonical_json
from invoicing.document.plain_values import made_of
from storage.books.approval_tables import Approval as ApprovalRow
from storage.books.approval_tables import DocumentApproval
from storage.books.tables import DocumentRow, Draft
from storage.paging import Page, cursor_moment, decode_cursor, encode_cursor, page_of
from storage.queries.statements import Kept, execute, flat, insert_rows, table_of
from storage.queries.tuples import after, before
from storage.work.asking import Ask, each

_APPROVALS = table_of(ApprovalRow)
_OF = _APPROVALS.c
_THIS_ONE = _OF.id == bindparam("of_id")
_CONTENT = select(_OF.content).where(_THIS_ONE)
_ADD = _APPROVALS.insert().inline()
_CHANGE = _APPROVALS.update().where(_THIS_ONE)
_DELETE = _APPROVALS.delete().where(_THIS_ONE)
_PAGE = 200
_ORDER = (_OF.asked_at, _OF.id)
_GIVEN = Kept(DocumentApproval, GivenApproval, how=How)
_ADD_GIVEN = _GIVEN.table.insert().inline()
_OF_DOCUMENT = _GIVEN.all.where(_GIVEN.table.c.document_id == bindparam("document")).order_by(_GIVEN.table.c.position)
_OF_SEVERAL = (
    _GIVEN.all.add_columns(_GIVEN.table.c.document_id)
    .where(_GIVEN.table.c.document_id.in_(bindparam("documents", expanding=True)))
    .order_by(_GIVEN.table.c.document_id, _GIVEN.table.c.position)
)

_IS_DRAFT = exists().where(table_of(Draft).c.id == _OF.id)
_WAITING = select(func.count(), func.coalesce(func.sum(case((_IS_DRAFT, 1), else_=0)), 0)).where(
    _OF.state == State.WAITING.value
)
_RETURNED = select(func.count()).where(_OF.state != State.WAITING.value, _IS_DRAFT)
_WAITING_AMONG = select(_OF.id).where(_OF.state == State.WAITING.value, _OF.id.in_(bindparam("among", expanding=True)))

_DOCUMENT = table_of(DocumentRow).c
_ISSUED_TO = select(_DOCUMENT.position).where(_DOCUMENT.customer_id == bindparam("customer")).limit(1)


def approval_of(session: Session, key: str) -> Approval | None:
    """What waits, or waited, under the id of a draft or of a credit note's request."""
    content = execute(session, _CONTENT, {"of_id": key}).scalar()
    return None if content is None else _approval(content)


def save_approval(session: Session, approval: Approval) -> None:
    """Keep what waits, new or changed."""
    values = {
        "customer_id": approval.document.customer,
        "kind": approval.document.kind.value,
        "state": approval.state.value,
        "digest": approval.digest,
        "content": canonical_json(approval),
        "asked_at": approval.asked_at,
    }
    if not execute(session, _CHANGE, {**values, "of_id": approval.id}).rowcount:
        execute(session, _ADD, {**values, "id": approval.id})


def delete_approval(session: Session, key: str) -> None:
    execute(session, _DELETE, {"of_id": key})


def find_waiting(session: Session, *, customer: str, cursor: str, limit: int) -> Page[Approval]:
    """A page of what waits, those asked for last first; `customer` is an id, or empty for all."""
    wanted = select(*_ORDER, _OF.content).where(_OF.state == State.WAITING.value)
    if customer:
        wanted = wanted.where(_OF.customer_id == customer)
    if (position := decode_cursor(cursor, str, str)) is not None:
        at = bindparam("before_moment", type_=_OF.asked_at.type)
        wanted = wanted.where(before(_ORDER, (at, bindparam("before_id"))))
    values = {} if position is None else {"before_moment": cursor_moment(str(position[0])), "before_id": position[1]}

    def count() -> int:
        return int(execute(session, select(func.count()).select_from(wanted.subquery()), values).scalar_one())

    newest = wanted.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)
    rows: Sequence[Any] = execute(session, newest, values).all()
    page = page_of(rows, limit=limit, count=count, cursor_of=lambda row: encode_cursor(row[0].isoformat(), row[1]))
    return page.map(lambda row: _approval(row[2]))


def count_waiting(session: Session) -> tuple[int, int]:
    """How many documents wait, and how many of them are drafts."""
    waiting, drafts = execute(session, _WAITING).one()
    return int(waiting), int(drafts)


def count_returned(session: Session) -> int:
    """How many drafts came back from approval: rejected, or no longer what was approved."""
    return int(execute(session, _RETURNED).scalar_one())


def waiting_among(session: Session, ids: Sequence[str]) -> frozenset[str]:
    """Those of these drafts that wait."""
    return frozenset(execute(session, _WAITING_AMONG, {"among": list(ids)}).scalars())


def nothing_issued_to(session: Session, customer: str) -> bool:
    """Whether no document was issued to the customer yet."""
    return execute(session, _ISSUED_TO, {"customer": customer}).first() is None


def add_document_approvals(session: Session, document_id: str, given: Sequence[GivenApproval]) -> None:
    """Keep for ever by whose decisions a document is issued, before its journal entry is made."""
    rows = (
        {"document_id": document_id, "position": position, **flat(one)} for position, one in enumerate(given, start=1)
    )
    insert_rows(session, _ADD_GIVEN, rows)


def approvals_of_document(session: Session, document_id: str) -> tuple[GivenApproval, ...]:
    """By whose decisions the document was issued, in their order."""
    return tuple(_GIVEN.find(session, _OF_DOCUMENT, document=document_id))


def approvals_of_several(session: Session, document_ids: Sequence[str]) -> dict[str, list[GivenApproval]]:
    """By whose decisions the documents were issued, by the id of each that has any."""
    found: dict[str, list[GivenApproval]] = {}
    for row in execute(session, _OF_SEVERAL, {"documents": list(document_ids)}):
        found.setdefault(row[-1], []).append(_GIVEN.of(row[:-1]))
    return found


def document_approvals(ask: Ask) -> dict[str, list[GivenApproval]]:
    """All that documents were approved by, by their ids."""
    found: dict[str, list[GivenApproval]] = {}
    for document_id, one in each(ask, _given_page, ("", 0)):
        found.setdefault(document_id, []).append(one)
    return found


def _given_page(
    key: tuple[str, int], session: Session
) -> tuple[tuple[str, int], list[tuple[str, GivenApproval]]] | None:
    of = _GIVEN.table.c
    place = (of.document_id, of.position)
    query = _GIVEN.all.add_columns(*place).where(after(place, (bindparam("of_id"), bindparam("at")))).order_by(*place)
    rows = execute(session, query.limit(_PAGE), {"of_id": key[0], "at": key[1]}).all()
    found = [(row[-2], _GIVEN.of(row[:-2])) for row in rows]
    return ((rows[-1][-2], rows[-1][-1]), found) if rows else None


def _approval(content: str) -> Approval:
    return made_of(Approval, json.loads(content))
