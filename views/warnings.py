"""Warnings on a document, as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.document.notices import Notice
from views.base import View
from views.remedies import Words, told


class WarningAnswer(View):
    """Something to know before a document is issued. `code` names its kind."""

    code: str
    text: str


def warning_answers(warnings: Sequence[Notice], words: Words) -> list[WarningAnswer]:
    """The warnings, with their remedies in the words of whoever is told."""
    return [WarningAnswer(code=warning.code, text=told(warning, words)) for warning in warnings]


def warning_lines(warnings: Sequence[Notice], words: Words) -> list[str]:
    """A line for each warning, with the code by which it is acknowledged."""
    return [f"Warning [{warning.code}]: {told(warning, words)}" for warning in warnings]
