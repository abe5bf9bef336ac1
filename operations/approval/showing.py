"""What waits, as a person is shown it who may decide its next step, with what makes the yes count for that alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from invoicing.approval.approvals import Approval, check_may_decide
from invoicing.approval.signing import challenge_of, statement_of
from invoicing.document.documents import Document
from invoicing.document.notices import Notice
from invoicing.refusals import NotAllowed
from operations.approval.deciding import waiting_approval
from operations.approval.persons import may_issue
from operations.approval.signing import keep_shown, new_nonce
from operations.approval.standing import issued_now, statement_now
from storage.books.approval_signatures import challenge_for
from storage.books.approvals import approval_of, find_waiting
from storage.books.pool import Books

WAITING_MAX = 100
"""How many documents of an organization are listed at most."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What waits, as it will stand with `number` if it is issued now; `obstacle` is why it cannot be as it was asked
    for: then an approval makes it a draft again. `nonce` goes back with the yes, and with `statement` it is what a
    passkey signs.
    """

    approval: Approval
    document: Document
    number: str
    warnings: tuple[Notice, ...]
    obstacle: str
    nonce: str
    statement: str

    @property
    def issues(self) -> bool:
        """Whether a yes now is the last one."""
        return len(self.approval.decisions) + 1 == len(self.approval.steps)

    @property
    def challenge(self) -> bytes:
        return challenge_of(self.nonce, self.statement)


async def show_for_decision(books: Books, key: str, *, to_sign: bool = True) -> Shown:
    """What waits under this id, for whoever may decide its next step. What the same person was shown before counts on
    where it is the same, and else no more. Where it is not shown `to_sign`, nothing changes, and its nonce is none.

    Raises:
        NotFound, Conflict: nothing waits under it, or not any more.
        NotAllowed: the step is somebody else's.
        NotReady and others: what stands in the way of issuing it.
    """

    def work(db: Session) -> Shown:
        approval = waiting_approval(db, key)
        check_may_decide(approval, books.acting, may_issue=may_issue(books))
        now = issued_now(db, books, approval)
        statement = statement_now(books, approval, now).text
        nonce = keep_shown(db, books, approval.id, statement) if to_sign else new_nonce()
        return Shown(approval, now.document, now.number, now.warnings, now.obstacle, nonce, statement)

    return await (books.write(work) if to_sign else books.read(work))


async def shown_before(books: Books, key: str, nonce: str) -> bytes | None:
    """The challenge of what whoever acts was last shown of what waits; None where it was not with this nonce."""

    def work(db: Session) -> bytes | None:
        shown = challenge_for(db, key, books.acting.user_id)
        return challenge_of(nonce, shown.statement) if shown is not None and shown.nonce == nonce else None

    return await books.read(work)


async def is_decided_by_another(books: Books, key: str, nonce: str) -> bool:
    """Whether somebody else has decided the step that whoever acts was shown with this nonce."""

    def work(db: Session) -> bool:
        shown, approval = challenge_for(db, key, books.acting.user_id), approval_of(db, key)
        if shown is None or shown.nonce != nonce or approval is None:
            return False
        statement = statement_of(shown.statement)
        if statement.round != approval.round or statement.step > len(approval.decisions):
            return False
        return approval.decisions[statement.step - 1].user_id != books.acting.user_id

    return await books.read(work)


async def waiting_for(books: Books) -> list[Approval]:
    """What waits for a decision of whoever acts, asked for last first."""

    def work(db: Session) -> list[Approval]:
        found = find_waiting(db, customer="", cursor="", limit=WAITING_MAX).items
        return [one for one in found if _is_for(books, one)]

    return await books.read(work)


def _is_for(books: Books, approval: Approval) -> bool:
    try:
        check_may_decide(approval, books.acting, may_issue=may_issue(books))
    except NotAllowed:
        return False
    return True
