"""The shape of answers: structured content for programs, and a text that is complete without it.

The text's first line says for whom the call acted. Money is a decimal text with a currency beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mcp_types import CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel

from invoicing.text.typed import one_line
from views.base import View
from views.organizations import OrganizationAnswer
from views.words import instead


class Answer(View):
    """What every successful answer holds."""

    organization: OrganizationAnswer


class PageAnswer(Answer):
    """A page of a list: `left` says how many follow, `next_cursor` asks for them (empty at the end)."""

    next_cursor: str
    left: int


def answer(first_line: str, lines: Iterable[str], structured: BaseModel, *more: ContentBlock) -> CallToolResult:
    """A successful answer: text, structured content, and further blocks such as a resource link.

    Each of the lines is one line, whatever texts of others are in it: nobody's text begins a line of an answer, where
    it could pass for the name of another organization, or for our own words.
    """
    text = "\n".join(one_line(line) for line in [first_line, *lines])
    content: list[ContentBlock] = [TextContent(type="text", text=text), *more]
    return CallToolResult(content=content, structured_content=structured.model_dump(mode="json"))


def nothing_found(noun: str, query: str, similar: Sequence[str]) -> str:
    """The line of a search without a result; `similar` are names that may be meant instead."""
    if not query.strip():
        return f"No {noun}s yet: save_{noun} makes one."
    return f"No {noun} holds all of these words. {instead(similar)}"


def page_note(left: int, next_cursor: str) -> list[str]:
    """The line that says how to go on, or nothing at the end of a list."""
    return [f'{left} more: repeat with cursor="{next_cursor}".'] if next_cursor else []
