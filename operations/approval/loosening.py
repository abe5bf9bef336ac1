"""Switching the policy human_approval off on a page: a person signs that, and what was signed stays in the books."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from invoicing.approval.signing import challenge_of
from invoicing.document.canonical import canonical_json
from invoicing.organizations import HumanApproval
from invoicing.refusals import Conflict
from operations.access import Office, require
from operations.approval.signing import Proof, keep_shown, new_nonce, sign_statement, was_shown
from operations.archiving import check_not_archived
from operations.policies import HUMAN_APPROVAL, ChangedPolicies
from operations.profile import change_profile
from operations.rights import Right
from storage.books import audit
from storage.books.audit import entries_end
from storage.books.checks import SIGNING_POLICY
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class ShownPolicy:
    """That the policy is on and would be switched off, as a person is shown it."""

    nonce: str
    statement: str

    @property
    def challenge(self) -> bytes:
        return challenge_of(self.nonce, self.statement)


async def show_switching_off(office: Office, books: Books, *, to_sign: bool = True) -> ShownPolicy:
    """What a person signs who switches the policy off. Where it is not shown `to_sign`, nothing changes, and its nonce
    is none.

    Raises:
        NotAllowed: it is not the person's to do.
        Conflict: it is off already, or is the practice's.
    """
    _check(office, books)

    def work(db: Session) -> ShownPolicy:
        statement = _statement(db, books)
        return ShownPolicy(keep_shown(db, books, HUMAN_APPROVAL, statement) if to_sign else new_nonce(), statement)

    return await (books.write(work) if to_sign else books.read(work))


async def switch_off(office: Office, books: Books, proof: Proof) -> bool:
    """Switch the policy off; false where it was not shown as it is now. That it was signed, and what was changed, goes
    on record at once; where the directory does not follow, it is on, and is signed and switched off anew.

    Raises:
        NotAllowed: it is not the person's to do, or not signed.
        Conflict: it is off already, or is the practice's.
    """
    _check(office, books)
    check_not_archived(books, {HUMAN_APPROVAL: HumanApproval.OFF})
    off = ChangedPolicies(human_approval=HumanApproval.OFF)

    def work(db: Session) -> bool:
        statement = _statement(db, books)
        if not was_shown(db, books, HUMAN_APPROVAL, proof, statement):
            return False
        now = books.clock()
        detail: dict[str, object] = {"signed": sign_statement(db, proof, statement, at=now), "to": HumanApproval.OFF}
        audit.record(db, SIGNING_POLICY, HUMAN_APPROVAL, at=now, by=books.actor, detail=detail)
        change_profile(db, books, {}, off.told(books.organization))
        return True

    if not await books.write(work):
        return False
    await office.store.directory.write(lambda db: off.publish(db, books.organization.id))
    return True


def _check(office: Office, books: Books) -> None:
    require(Right.SET_HUMAN_APPROVAL, books.organization, office.principal)
    if books.organization.partner_id:
        raise Conflict("human_approval is the practice's policy: it is switched off there.")
    if books.organization.human_approval is HumanApproval.OFF:
        raise Conflict("human_approval is off already.")


def _statement(db: Session, books: Books) -> str:
    """Whatever is put on record in these books next uses a signature of it up."""
    said = {
        "organization": books.organization.id,
        "policy": HUMAN_APPROVAL,
        "to": HumanApproval.OFF,
        "user_id": books.acting.user_id,
        "after": list(entries_end(db)),
    }
    return canonical_json(said)
