"""What an organization is to a caller, and what is kept of a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""


class Environment(StrEnum):
    SANDBOX = "sandbox"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """An organization as the directory knows it. `named_writes` is the policy of the practice it belongs to."""

    id: str
    handle: str
    name: str
    kind: str
    environment: str
    country: str
    currency: str
    partner_id: str
    named_writes: str
    archived: bool
    role: str


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What the directory keeps of a new organization. `handle_base` is its handle without the sandbox suffix."""

    id: str
    handle_base: str
    name: str
    kind: str
    environment: Environment
    country: str
    currency: str
    partner_id: str = ""
