"""The tool `get_configuration`, and the answer that it shares with `save_configuration`.

Each part of the configuration is a branch here and there, with the shape of its answer in a module of its own.
"""

from __future__ import annotations

from typing import Annotated, Literal

from mcp_types import CallToolResult

from operations import mandates
from operations.mandates import MandatesOfOrganization
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.mandates import MandateAnswer, configuration_lines, mandate_answers
from views.organizations import heading, named
from views.remedies import for_assistant

Part = Literal["mandates"]


class Configuration(Answer):
    """A part of the configuration; the fields of other parts are empty."""

    part: str
    mandates: list[MandateAnswer]


async def get_configuration(
    books: ReadableBooks,
    part: Part,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Configuration]:
    match part:
        case "mandates":
            return mandates_answer(books, await mandates.get_mandates(books))


def mandates_answer(books: Books, found: MandatesOfOrganization, *, first: str = "") -> CallToolResult:
    """The part `mandates`; `first` says what was changed."""
    shown = Configuration(organization=named(books.organization), part="mandates", mandates=mandate_answers(found))
    lines = [first, *configuration_lines(found, for_assistant)] if first else configuration_lines(found, for_assistant)
    return answer(heading(books.organization), lines, shown)


TOOL = Description(
    get_configuration,
    title="Get configuration",
    text="Show a part of an organization's configuration. mandates: which laws want another form of invoice than a PDF,"
    " for which buyers, from which day, and how it is handed in.",
    effect=Effect.READS,
)
