"""What was done under a client reference, so that a retry finds it instead of doing it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.refusals import IdempotencyMismatch
from storage.books import tables
from storage.queries.statements import execute, table_of

ISSUED_DRAFT = "issued draft"
"""What stands for the tool where the reference is a draft, and the subject the document that it became."""

KEPT_AS_DRAFT = "kept as a draft"
"""What stands for the tool where the reference is that of an invoice that was not issued yet, and the subject the draft
that it is kept as.
"""

CREDIT_ASKED_FOR = "credit note that was asked for"
"""What stands for the tool where the reference is that of a credit note that waits for approval, and the subject the id
under which it waits.
"""

_KEYS = table_of(tables.IdempotencyKey)
_BY_REFERENCE = select(_KEYS.c.subject, _KEYS.c.request_hash).where(
    _KEYS.c.tool == bindparam("tool"), _KEYS.c.reference == bindparam("reference")
)
_ADD = _KEYS.insert().inline()


def subject_of(session: Session, tool: str, reference: str, request_hash: str) -> str | None:
    """What the first call with this reference made, or None where there was none; without a reference there is none.

    Raises:
        IdempotencyMismatch: the first call had other arguments.
    """
    if not reference:
        return None
    row = execute(session, _BY_REFERENCE, {"tool": tool, "reference": reference}).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyMismatch(
            "This client_reference was used before with other arguments. Use the same value only to retry the same"
            " document, and a new one for a new document.",
            field="client_reference",
        )
    return str(row.subject)


def known_subject(session: Session, tool: str, reference: str) -> str | None:
    """What a call with this reference made, whatever its arguments; without a reference there is nothing."""
    if not reference:
        return None
    row = execute(session, _BY_REFERENCE, {"tool": tool, "reference": reference}).first()
    return None if row is None else str(row.subject)


def remember(session: Session, tool: str, reference: str, request_hash: str, subject: str, *, at: datetime) -> None:
    """Keep what a call with this reference made; without a reference nothing is kept."""
    if not reference:
        return
    values = {"tool": tool, "reference": reference, "request_hash": request_hash, "subject": subject, "created_at": at}
    execute(session, _ADD, values)
