"""What an organization is to a caller, and what is kept of a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


class CredentialKind(StrEnum):
    """A token is a person's own; a key or a link opens one organization and is nobody's."""

    TOKEN = "token"  # noqa: S105  A kind of credential, not one.
    KEY = "key"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """An organization as the directory knows it. `named_writes` is the policy of the practice it belongs to."""

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
