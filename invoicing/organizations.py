"""What an organization is to a caller, and what is kept of a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""


class Environment(StrEnum):
    """Whether what is issued is real; fixed when the organization is created."""

    SANDBOX = "sandbox"
    LIVE = "live"


class OrganizationKind(StrEnum):
    """A partner is a practice: it may have clients. A client is a standard organization that has a partner."""

    PARTNER = "partner"
    STANDARD = "standard"


class Role(StrEnum):
    """What somebody is in an organization. A client is a client's own user."""

    OWNER = "owner"
    ACCOUNTANT = "accountant"
    VIEWER = "viewer"
    CLIENT = "client"


class NamedWrites(StrEnum):
    """A practice's policy: which changes must name their organization themselves, where a session has an active one."""

    LIVE = "live"
    ALWAYS = "always"
    OFF = "off"


class HumanApproval(StrEnum):
    """A practice's policy: where what is issued is approved by a person, and not by a model on its own."""

    OFF = "off"
    LIVE = "live"


class ClientMay(StrEnum):
    """What a practice can let a client's own people do that otherwise is its own. Each word is of acts in
    `operations/rights.py`. Draft is let to the client's users, the others to its owner.
    """

    DRAFT = "draft"
    BANK_ACCOUNT = "bank_account"
    POLICY = "policy"
    MANDATES = "mandates"
    PERIODS = "periods"
    CREDENTIALS = "credentials"
    PEOPLE = "people"
    WORKFLOWS = "workflows"
    AGENTS = "agents"


class CredentialKind(StrEnum):
    """A token is a person's own, and so is a connection, which a client program got by OAuth; a key or a link opens one
    organization and is nobody's.
    """

    TOKEN = "token"  # noqa: S105  A kind of credential, not one.
    CONNECTION = "connection"
    KEY = "key"
    LINK = "link"


OF_PERSONS: Final = frozenset({CredentialKind.TOKEN, CredentialKind.CONNECTION})
"""The kinds of credentials with which a person acts."""


class Scope(StrEnum):
    """What a credential lets its bearer do at most; beside it, the bearer's role decides.

    Draft: prepare what is issued, with customers and items. Issue: put documents and payments on record. Configure:
    change profile, settings and policy. Credentials: say who else gets in.
    """

    READ = "read"
    DRAFT = "draft"
    ISSUE = "issue"
    CONFIGURE = "configure"
    CREDENTIALS = "credentials"


Scopes = frozenset[Scope]
READ_ONLY: Final = Scopes({Scope.READ})
EVERYTHING: Final = Scopes(Scope)


def scopes_text(scopes: Scopes) -> str:
    """The scopes as they are kept: a space between them, which is how OAuth writes them (RFC 6749, 3.3)."""
    return " ".join(scope.value for scope in Scope if scope in scopes)


def scopes_of(text: str) -> Scopes:
    """The scopes that a kept text says."""
    return Scopes(Scope(word) for word in text.split())


def client_may_text(let: Iterable[ClientMay]) -> str:
    """What a practice lets a client do as it is kept: a space between the words."""
    return " ".join(word.value for word in ClientMay if word in frozenset(let))


@lru_cache(64)
def client_may_of(text: str) -> frozenset[ClientMay]:
    """What a kept text lets a client do."""
    return frozenset(ClientMay(word) for word in text.split())


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """An organization as the directory knows it, to whoever asks. `named_writes` and `human_approval` are policies of
    the practice that it belongs to, `client_may` what that practice lets this client do. `practice_role` is the asker's
    role in that practice, where it reaches this client; `limited` says that it reaches only some.
    """

    id: str
    handle: str
    name: str
    kind: OrganizationKind
    environment: Environment
    country: str
    currency: str
    partner_id: str
    named_writes: NamedWrites
    archived: bool
    role: Role
    practice_role: Role | None = None
    limited: bool = False
    client_may: frozenset[ClientMay] = frozenset()
    human_approval: HumanApproval = HumanApproval.OFF


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What the directory keeps of a new organization. `handle_base` is its handle without the sandbox suffix."""

    id: str
    handle_base: str
    name: str
    kind: OrganizationKind
    environment: Environment
    country: str
    currency: str
    partner_id: str = ""
