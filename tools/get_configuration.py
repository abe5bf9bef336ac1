"""The tool `get_configuration`, and the answers that it shares with `save_configuration`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.text.choices import choice_of
from operations import mandates
from operations.configuration.configuring import PARTS, described, get_entries, get_history
from operations.configuration.entries import Part, PartOf
from operations.configuration.history import history_told
from operations.copying.drift import get_drift
from operations.mandates import MandatesOfOrganization
from storage.books.pool import Books
from tools.answers import PageAnswer, answer, page_note
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.base import SEVERAL_UNSPELT
from views.configuration import EntryAnswer, drift_answer, entry_answer, entry_lines, fields_line, history_answer
from views.mandates import MandateAnswer, configuration_lines, mandate_answers
from views.organizations import heading, named
from views.remedies import for_assistant

MANDATES, HISTORY, DRIFT = "mandates", "history", "drift"
_PARTS = ", ".join([*PARTS, MANDATES])
PartArgument = Annotated[str, Field(description="As get_configuration names it, but for history and drift")]


class Configuration(PageAnswer):
    """A part of the configuration; `mandates` is of that part alone, `entries` of all others."""

    part: str
    mandates: Annotated[list[MandateAnswer], SEVERAL_UNSPELT]
    entries: list[EntryAnswer]


async def get_configuration(
    office: TheOffice,
    books: ReadableBooks,
    part: Annotated[
        str, Field(description=f"{', '.join(PARTS)}, {MANDATES}, {HISTORY}: who changed what, or {DRIFT}: since copied")
    ],
    code: Annotated[str, Field(description="Of one entry")] = "",
    cursor: Cursor = "",
    limit: WholeNumber = 50,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Configuration]:
    if named_part(part) == MANDATES:
        return mandates_answer(books, await mandates.get_mandates(books))
    if named_part(part) == HISTORY:
        changes = await history_told(office, await get_history(books, cursor=cursor, limit=limit))
        shown = [history_answer(one) for one in changes.items]
        return entries_answer(books, HISTORY, shown, next_cursor=changes.next_cursor, left=changes.left)
    if named_part(part) == DRIFT:
        drifted = [drift_answer(one) for one in await get_drift(office, books)]
        return entries_answer(books, DRIFT, drifted)
    wanted = entries_part(part, MANDATES, HISTORY, DRIFT)
    page = await get_entries(office, books, wanted, code=code, cursor=cursor, limit=limit)
    entries = [entry_answer(entry) for entry in page.items]
    last = [fields_line(await described(books, wanted)), *one_alone(wanted, code)]
    return entries_answer(books, wanted, entries, last=last, next_cursor=page.next_cursor, left=page.left)


def named_part(part: str) -> str:
    return part.strip().lower()


def entries_part(part: str, *others: str) -> Part:
    """The part of entries that a text names; a refusal names `others`, too."""
    return choice_of(Part, part, field="part", others=others)


def one_alone(part: Part, code: str) -> list[str]:
    """How more is seen of an entry, in parts that show more of one than of each of many."""
    of = PARTS[part]
    more = isinstance(of, PartOf) and of.read_one is not None and not code.strip()
    return [f'More of one: get_configuration with part="{part.value}" and its code.'] if more else []


def mandates_answer(books: Books, found: MandatesOfOrganization, *, first: str = "") -> CallToolResult:
    """The part `mandates`; `first` says what was changed."""
    shown = Configuration(
        organization=named(books.organization),
        part=MANDATES,
        mandates=mandate_answers(found),
        entries=[],
        next_cursor="",
        left=0,
    )
    lines = [first, *configuration_lines(found, for_assistant)] if first else configuration_lines(found, for_assistant)
    return answer(heading(books.organization), lines, shown)


def entries_answer(
    books: Books,
    part: str,
    entries: Sequence[EntryAnswer],
    *,
    first: str = "",
    last: Iterable[str] = (),
    next_cursor: str = "",
    left: int = 0,
) -> CallToolResult:
    """Entries of a part; `first` says what was changed, `last` what can be."""
    shown = Configuration(
        organization=named(books.organization),
        part=part,
        mandates=[],
        entries=list(entries),
        next_cursor=next_cursor,
        left=left,
    )
    told = [line for entry in entries for line in entry_lines(entry)]
    lines = [*([first] if first else []), *told] or ["Nothing here yet."]
    return answer(heading(books.organization), [*lines, *last, *page_note(left, next_cursor)], shown)


TOOL = Description(
    get_configuration,
    title="Get configuration",
    text="Show a part of an organization's configuration, or its history. mandates: which laws want another form of"
    " invoice than a PDF, for which buyers, from which day, and how it is handed in.",
    effect=Effect.READS,
    # save_configuration's spells it out.
    unlisted=frozenset({"code"}),
)
