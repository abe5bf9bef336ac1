"""Policies that the directory keeps, since they are asked before an organization's books are opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from invoicing.organizations import (
    ClientMay,
    HumanApproval,
    NamedWrites,
    OrganizationRef,
    client_may_of,
    client_may_text,
)
from invoicing.refusals import Conflict, InvalidInput
from invoicing.text.codes import small_letters
from operations.access import Principal, require
from operations.approval.signing import SignatureWanted
from operations.rights import RIGHTS
from storage.directory import organizations

HUMAN_APPROVAL = "human_approval"
"""The policy that a person, and not a model, approves what is issued."""
POLICIES = frozenset({"named_writes", "client_may", HUMAN_APPROVAL})
"""The fields of `update_organization` that are meant here."""


@dataclass(frozen=True, slots=True)
class ChangedPolicies:
    """What the policies are to be; None where one stays."""

    named_writes: NamedWrites | None = None
    client_may: frozenset[ClientMay] | None = None
    human_approval: HumanApproval | None = None

    def told(self, organization: OrganizationRef) -> dict[str, list[str]]:
        """Each changed policy before and after, for the audit trail."""
        changed = {}
        if self.named_writes is not None:
            changed["named_writes"] = [organization.named_writes.value, self.named_writes.value]
        if self.client_may is not None:
            changed["client_may"] = [client_may_text(organization.client_may), client_may_text(self.client_may)]
        if self.human_approval is not None:
            changed["human_approval"] = [organization.human_approval.value, self.human_approval.value]
        return changed

    def publish(self, db: Session, organization_id: str) -> None:
        if self.named_writes is not None:
            organizations.set_named_writes(db, organization_id, self.named_writes)
        if self.client_may is not None:
            organizations.set_client_may(db, organization_id, self.client_may)
        if self.human_approval is not None:
            organizations.set_human_approval(db, organization_id, self.human_approval)


def loosens(organization: OrganizationRef, changes: Mapping[str, object]) -> bool:
    """Whether the changes let documents be issued without a person where the policy wants one now. A client's cannot:
    it is the practice's policy, as is said where they are checked.
    """
    wanted = changes.get(HUMAN_APPROVAL)
    on = organization.human_approval is HumanApproval.LIVE and not organization.partner_id
    return on and isinstance(wanted, str) and small_letters(wanted) == HumanApproval.OFF


def check_agreed(organization: OrganizationRef, changes: Mapping[str, object], *, agreed: bool) -> None:
    """Refuse to switch off what an assistant is to be held by, unless a person has signed that.

    Raises:
        SignatureWanted: nobody has.
    """
    if not agreed and loosens(organization, changes):
        raise SignatureWanted(
            "human_approval is switched off by a person who signs that on its page, or at the terminal of the"
            " installation: nothing was changed.",
            field=HUMAN_APPROVAL,
        )


def checked_policies(
    organization: OrganizationRef, principal: Principal, changes: Mapping[str, object]
) -> ChangedPolicies:
    """The policies among the changes, whose own rights have been asked for.

    Raises:
        InvalidInput: a value that none has.
        Conflict: a practice's policy at a client, or a client's at what is none.
        NotAllowed: letting a client do what is not the principal's to do.
    """
    return ChangedPolicies(
        named_writes=_named_writes(organization, str(changes["named_writes"])) if "named_writes" in changes else None,
        client_may=_client_may(organization, principal, str(changes["client_may"]))
        if "client_may" in changes
        else None,
        human_approval=_human_approval(organization, str(changes["human_approval"]))
        if "human_approval" in changes
        else None,
    )


def _human_approval(organization: OrganizationRef, text: str) -> HumanApproval:
    wanted = small_letters(text)
    if wanted not in list(HumanApproval):
        raise InvalidInput("human_approval must be off or live.", field="human_approval")
    if organization.partner_id:
        raise Conflict("human_approval is the practice's policy: set it on the practice.", field="human_approval")
    return HumanApproval(wanted)


def _named_writes(organization: OrganizationRef, text: str) -> NamedWrites:
    try:
        policy = NamedWrites(small_letters(text))
    except ValueError:
        raise InvalidInput("named_writes must be live, always or off.", field="named_writes") from None
    if organization.partner_id:
        raise Conflict("named_writes is the practice's policy: set it on the practice.", field="named_writes")
    return policy


def _client_may(organization: OrganizationRef, principal: Principal, text: str) -> frozenset[ClientMay]:
    try:
        let = client_may_of(small_letters(text))
    except ValueError:
        known = ", ".join(ClientMay)
        raise InvalidInput(f"client_may takes some of these words: {known}.", field="client_may") from None
    if not organization.partner_id:
        raise Conflict("client_may is what a practice lets a client do: set it on the client.", field="client_may")
    for act, rule in RIGHTS.items():
        # Nobody lets others do what is not theirs to do.
        if rule.let_as in let - organization.client_may:
            require(act, organization, principal, field="client_may")
    return let
