"""Verification of what people have signed who approved documents: each signature by itself, and what it is of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from sqlmodel import Session

from invoicing.approval.approvals import GivenApproval, How
from invoicing.approval.signing import Signature, Statement, statement_of
from invoicing.document.documents import Document
from operations.approval.signatures import signature_problem
from operations.issuing import find_document
from storage.books import checks
from storage.books.approval_signatures import public_keys, signatures
from storage.books.approvals import document_approvals
from storage.work.asking import Ask


def signature_problems(ask: Ask, organization_id: str) -> Iterator[str]:
    """What is not signed as it is on record, or is not of what was signed."""
    kept = signatures(ask)
    signing = checks.acts(ask, checks.DECIDING, checks.SIGNING_POLICY)
    decided = {act.detail["signed"]: act for act in signing if "signed" in act.detail}
    own_keys = ask(public_keys)
    for key, signature in kept.items():
        if problem := _problem(key, signature, organization_id, own_keys):
            yield f"signature {key}: {problem}"
        elif key not in decided:
            yield f"signature {key}: nobody is on record as having decided with it"
    for key, act in decided.items():
        if key not in kept:
            yield f"signature {key} by {act.by}: it was given, and is not there any more"
    yield from _document_problems(ask, kept)


def _problem(key: str, signature: Signature, organization_id: str, own_keys: frozenset[str]) -> str:
    if key != signature.id:
        return "it is not as it was kept"
    if problem := signature_problem(signature):
        return problem
    if signature.method is How.PASSWORD_AND_CODE and signature.public_key not in own_keys:
        return "its key is none of this installation"
    # What it is of is read where it belongs to: a document, or a policy.
    of = json.loads(signature.statement).get("organization")
    return "" if of == organization_id else "it was given for another organization"


def _document_problems(ask: Ask, kept: dict[str, Signature]) -> Iterator[str]:
    """Each signed approval of a document against the document as it stands."""
    waited_as = {act.subject: str(act.detail.get("draft", "")) for act in checks.acts(ask, *checks.ISSUING)}
    for document_id, given in document_approvals(ask).items():
        if not any(one.signed or one.how.is_signed for one in given):
            continue
        document = ask(partial(_document, document_id))
        for number, one in enumerate(given, start=1):
            problem = _approval_problem(one, kept.get(one.signed), document, waited_as.get(document_id, ""), number)
            if problem:
                yield f"document {document.number}: its approval by {one.decided_by} {problem}"
        last = kept.get(given[-1].signed)
        statement = last and _statement(last)
        if statement and not statement.is_of(document, dated=True):
            yield f"document {document.number}: it is not what was signed last"


def _approval_problem(
    given: GivenApproval, signature: Signature | None, document: Document, waited_as: str, number: int
) -> str:
    if not given.signed:
        return "is not signed" if given.how.is_signed else ""
    if signature is None:
        return "was signed, and the signature is not there"
    statement = _statement(signature)
    if statement is None:
        return "is of something that cannot be read"
    said = (statement.user_id, statement.waits_as, statement.step, statement.approved, signature.method)
    if said != (given.user_id, waited_as, number, given.digest, given.how) or signature.signed_at != given.decided_at:
        return "is signed for something else"
    return "" if statement.is_of(document, dated=False) else "is of another document"


def _statement(signature: Signature) -> Statement | None:
    try:
        return statement_of(signature.statement)
    except (TypeError, ValueError):
        return None


def _document(document_id: str, db: Session) -> Document:
    return find_document(db, document_id).document
