"""A draft as text: what `draft_invoice` shows, and `issue_invoice` where it keeps a draft instead of issuing."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.document.notices import Notice
from invoicing.organizations import Environment
from operations.drafts import Preview
from views.documents import document_lines, note_lines
from views.remedies import for_assistant, told
from views.warnings import warning_lines

_CHOICES_SHOWN = 5


def draft_lines(preview: Preview) -> list[str]:
    """Lines, totals, why it is taxed so, what to know before it is issued, and how to issue it."""
    return [
        f"Draft {preview.draft} {_whom(preview)}, nothing is issued yet. {_dates(preview)}",
        *document_lines(preview.document),
        *note_lines(preview.document.note),
        *choice_lines(preview.choices),
        *warning_lines(preview.warnings, for_assistant),
        *(f"Cannot be issued yet: {told(blocker, for_assistant)}" for blocker in preview.blockers),
        *([] if preview.blockers else [_how_to_issue(preview)]),
    ]


def choice_lines(choices: Sequence[str]) -> list[str]:
    """Why the lines are taxed as they are."""
    return [f"Tax of {choice[0].lower()}{choice[1:]}" for choice in choices[:_CHOICES_SHOWN]]


def kept_lines(preview: Preview, unacknowledged: Sequence[str], *, seen: bool) -> list[str]:
    """Why nothing was issued; `seen` says that the draft has shown all of it before."""
    if seen:
        return [f"Not issued: {', '.join(unacknowledged)} not acknowledged. {_how_to_issue(preview)}"]
    return [f"Not issued: read the warnings. Kept as draft {preview.draft}.", *draft_lines(preview)]


def acknowledged_codes(warnings: Sequence[Notice]) -> list[str]:
    return list(dict.fromkeys(warning.code for warning in warnings))


def _how_to_issue(preview: Preview) -> str:
    if preview.document.environment is not Environment.LIVE or not preview.warnings:
        return f'To issue it: issue_invoice with draft="{preview.draft}".'
    codes = ", ".join(f'"{code}"' for code in acknowledged_codes(preview.warnings))
    return (
        f'To change it: draft_invoice with draft="{preview.draft}" and all fields. Once somebody has accepted the'
        f' warnings: issue_invoice with draft="{preview.draft}" and acknowledge=[{codes}].'
    )


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
