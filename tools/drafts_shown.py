"""A draft as text: what `draft_invoice` shows, and `issue_invoice` where it keeps a draft instead of issuing."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.document.notices import Notice
from invoicing.organizations import Environment
from operations.drafts import Preview
from views.drafts import draft_lines
from views.remedies import for_assistant


def draft_answer_lines(preview: Preview) -> list[str]:
    """What the draft shows, and how to issue it where nothing stands in the way."""
    return [*draft_lines(preview, for_assistant), *([] if preview.blockers else [_how_to_issue(preview)])]


def kept_lines(preview: Preview, unacknowledged: Sequence[str], *, seen: bool) -> list[str]:
    """Why nothing was issued; `seen` says that the draft has shown all of it before."""
    if seen:
        return [f"Not issued: {', '.join(unacknowledged)} not acknowledged. {_how_to_issue(preview)}"]
    return [f"Not issued: read the warnings. Kept as draft {preview.draft}.", *draft_answer_lines(preview)]


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
