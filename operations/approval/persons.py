"""What is asked of a person and not of a model: the practice's policy `human_approval`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.approval.approvals import Answer, Decision, GivenApproval, How, given_approval
from invoicing.document.documents import Document
from invoicing.organizations import Environment, HumanApproval, OrganizationRef
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked to approve: a document that would be issued now, or a step of what waits. `number` is the
    one that it would take, `draft` the draft that it is, where there is one; `digest` is what exactly is meant, with
    what makes the yes used up: the document that is issued, or the decision that is made.
    """

    document: Document
    digest: str
    number: str = ""
    draft: str = ""
    deciding: bool = False


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """That a person has said yes, and how it was asked. It counts for what has one of these digests alone."""

    how: How
    digests: frozenset[str]

    def to(self, digest: str) -> bool:
        return digest in self.digests


def may_say(books: Books) -> bool:
    """Whether whoever acts is a person, whose own yes can be wanted; behind a key or a link nobody need sit."""
    return books.acting.is_person and bool(books.acting.user_id)


def wants_person(organization: OrganizationRef) -> bool:
    """Whether what is issued in the organization is approved by a person."""
    return (
        organization.human_approval is HumanApproval.LIVE
        and organization.environment is Environment.LIVE
        and not organization.archived
    )


def said_of(questions: Sequence[Question], how: How) -> PersonSaid:
    return PersonSaid(how, frozenset(one.digest for one in questions))


def approved_by_person(books: Books, said: PersonSaid, digest: str, at: datetime) -> tuple[GivenApproval, ...]:
    """A person's yes to what no workflow asks about."""
    decision = Decision(Answer.APPROVE, books.acting.user_id, books.actor, at, said.how)
    return (given_approval(decision, digest),)
