"""A draft as it is shown: what issuing would make, why it is taxed so, and what to know before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from invoicing.document.details import said_of_document
from invoicing.money.amounts import money_text
from operations.drafts import Preview
from views.base import OBJECT_UNSPELT, SEVERAL_UNSPELT
from views.documents import LineAnswer, TaxAnswer, credited_lines, document_lines, line_answer, note_lines, tax_answer
from views.remedies import Words, told
from views.totals import TotalsAnswer, totals_answer
from views.warnings import WarningAnswer, warning_answers, warning_lines

_CHOICES_SHOWN = 5


class DraftShown(TotalsAnswer):
    """A draft with the document it would become; of one that was deleted only `draft` and `deleted` say something."""

    draft: str
    deleted: bool
    number: str
    customer: str
    customer_name: str
    issue_date: date | None
    due_date: date | None
    supply_date: date | None
    supply_end: date | None
    currency: str
    lines: Annotated[list[LineAnswer], SEVERAL_UNSPELT]
    taxes: Annotated[list[TaxAnswer], SEVERAL_UNSPELT]
    net_total: str
    tax_total: str
    total: str
    warnings: list[WarningAnswer]
    blockers: list[str]
    explanation: list[str]
    details: Annotated[dict[str, str], OBJECT_UNSPELT]


def draft_shown(preview: Preview, words: Words) -> DraftShown:
    document = preview.document
    currency = document.currency
    return DraftShown(
        draft=preview.draft,
        deleted=False,
        number=preview.number,
        customer=document.customer,
        customer_name=document.buyer.name,
        issue_date=document.issue_date,
        due_date=document.due_date,
        supply_date=document.supply_date,
        supply_end=document.supply_end,
        currency=currency,
        lines=[line_answer(line, currency) for line in document.lines],
        taxes=[tax_answer(tax, currency) for tax in document.taxes],
        net_total=money_text(document.net_minor, currency),
        tax_total=money_text(document.tax_minor, currency),
        total=money_text(document.total_minor, currency),
        warnings=warning_answers(preview.warnings, words),
        blockers=[told(blocker, words) for blocker in preview.blockers],
        explanation=list(preview.explanation),
        details=said_of_document(document),
        **totals_answer(document),
    )


def draft_deleted(draft: str) -> DraftShown:
    """A draft that there is no more."""
    return DraftShown(
        draft=draft,
        deleted=True,
        number="",
        customer="",
        customer_name="",
        issue_date=None,
        due_date=None,
        supply_date=None,
        supply_end=None,
        currency="",
        lines=[],
        taxes=[],
        net_total="",
        tax_total="",
        total="",
        warnings=[],
        blockers=[],
        explanation=[],
        details={},
        adjustments=[],
        withholding=None,
        payable="",
        exchange=None,
        early_payment=None,
        instalments=[],
    )


def draft_lines(preview: Preview, words: Words) -> list[str]:
    """Lines, totals, why it is taxed so, and what to know before it is issued."""
    return [
        f"Draft {preview.draft} {_whom(preview)}, nothing is issued yet. {_dates(preview)}",
        *credited_lines(preview.document),
        *document_lines(preview.document),
        *note_lines(preview.document.note),
        *choice_lines(preview.choices),
        *warning_lines(preview.warnings, words),
        *(f"Cannot be issued yet: {told(blocker, words)}" for blocker in preview.blockers),
    ]


def choice_lines(choices: Sequence[str]) -> list[str]:
    """Why the lines are taxed as they are."""
    return [f"Tax of {choice[0].lower()}{choice[1:]}" for choice in choices[:_CHOICES_SHOWN]]


def _whom(preview: Preview) -> str:
    return f"for {preview.document.buyer.name} [{preview.document.customer}]"


def _dates(preview: Preview) -> str:
    document = preview.document
    until = f" to {document.supply_end}" if document.supply_end else ""
    order = f", purchase order {document.purchase_order}" if document.purchase_order else ""
    due = "" if document.credits else f", due {document.due_date}"
    return (
        f"It would be {preview.number}, dated {document.issue_date}{due}, supplied"
        f" {document.supply_date}{until}{order}."
    )
