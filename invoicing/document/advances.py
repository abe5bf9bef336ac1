"""Advances: what is invoiced before the supply, and deducted from the invoice of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AdvanceTax(StrEnum):
    """When the tax of an advance that is invoiced becomes due: with the invoice, or when it is paid (Article 65
    Directive 2006/112/EC).
    """

    ISSUE = "issue"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class DeductedAdvance:
    """The advance invoice that a line deducts, and what of it: net and tax, more than zero, as they stand there."""

    id: str
    number: str
    issue_date: date
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """Both."""
        return self.net_minor + self.tax_minor
