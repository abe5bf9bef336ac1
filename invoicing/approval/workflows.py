"""Workflows: which documents wait for approval, and who approves them in which order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from invoicing.document.documents import DocumentKind

WORKFLOWS_MAX = 20
STEPS_MAX = 5
CONDITIONS_MAX = 10


class Approver(StrEnum):
    """Who approves in a step: an owner of whoever answers for the books (the practice, or a standalone organization),
    one of its owners or accountants, or one of a client's own people.
    """

    OWNER = "owner"
    ACCOUNTANT = "accountant"
    CLIENT = "client"


class DraftedBy(StrEnum):
    """What the one who drafted is: a person, and more closely in which role; or what acts without one."""

    PERSON = "person"
    OWNER = "owner"
    ACCOUNTANT = "accountant"
    CLIENT = "client"
    KEY = "key"
    LINK = "link"


class Comparison(StrEnum):
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class TotalIs:
    """The total compares so with an amount. It is compared in the amount's own currency, which is the document's, or
    that of the books, into which the document was converted.
    """

    comparison: Comparison
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CurrencyIs:
    """The document is in this currency."""

    currency: str


@dataclass(frozen=True, slots=True)
class CustomerIs:
    """The document is for this customer, by id."""

    customer: str


@dataclass(frozen=True, slots=True)
class FirstDocument:
    """Nothing was issued to the customer yet."""


@dataclass(frozen=True, slots=True)
class OverriddenTax:
    """A line states another tax code than the proposed one."""


@dataclass(frozen=True, slots=True)
class PreparedBy:
    """Somebody or something of this kind drafted the document."""

    by: DraftedBy


Condition = TotalIs | CurrencyIs | CustomerIs | FirstDocument | OverriddenTax | PreparedBy


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody's yes. `apart` says that it must be somebody else's than who prepared the document. The step is asked
    for where all its conditions hold.
    """

    approver: Approver
    apart: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """What waits: documents of one kind for which all conditions hold; and the steps, in their order. One that is not
    `active` makes nothing wait.
    """

    code: str
    name: str
    kind: DocumentKind
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...] = ()
    active: bool = True
