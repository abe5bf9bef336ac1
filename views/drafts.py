"""A draft as it is shown: what issuing would make, why it is taxed so, and what to know before."""

from __future__ import annotations

from collections.abc import Sequence

from operations.drafts import Preview
from views.documents import document_lines, note_lines
from views.remedies import Words, told
from views.warnings import warning_lines

_CHOICES_SHOWN = 5


def draft_lines(preview: Preview, words: Words) -> list[str]:
    """Lines, totals, why it is taxed so, and what to know before it is issued."""
    return [
        f"Draft {preview.draft} {_whom(preview)}, nothing is issued yet. {_dates(preview)}",
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
    return (
        f"It would be {preview.number}, dated {document.issue_date}, due {document.due_date}, supplied"
        f" {document.supply_date}{until}{order}."
    )
