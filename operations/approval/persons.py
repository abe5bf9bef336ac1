"""What a person decides and not a model: the practice's policy `human_approval`."""

from __future__ import annotations

from invoicing.approval.workflows import DraftedBy
from invoicing.organizations import Environment, HumanApproval, OrganizationRef, Role
from storage.books.pool import Books


def wants_person(organization: OrganizationRef) -> bool:
    """Whether what is issued in the organization is signed by a person."""
    return (
        organization.human_approval is HumanApproval.LIVE
        and organization.environment is Environment.LIVE
        and not organization.archived
    )


def may_issue(books: Books) -> bool:
    """Whether whoever acts is a person who may issue documents here, and not only decide a step that asks for them."""
    match books.acting.by:
        case DraftedBy.OWNER | DraftedBy.ACCOUNTANT:
            return True
        case DraftedBy.CLIENT:
            return books.organization.role in (Role.OWNER, Role.ACCOUNTANT)
        case DraftedBy.PERSON | DraftedBy.KEY | DraftedBy.LINK:
            return False
