"""What is told of the month of many clients: within 2,000 tokens a page, and those that need a person first."""

from __future__ import annotations

from invoicing.organizations import Environment, NamedWrites, OrganizationKind, OrganizationRef, Role
from invoicing.remedies import Remark
from operations.recurring.drafting import Source, WorkOfMonth
from operations.recurring.outcomes import ClientWork, Drafted, Exceptional
from views.recurring import client_work_lines, work_line, work_page
from views.remedies import for_assistant

CLIENTS, TOKENS_MAX, CHARACTERS_A_TOKEN = 200, 2_000, 4


def organization(handle: str, kind: OrganizationKind = OrganizationKind.STANDARD) -> OrganizationRef:
    return OrganizationRef(
        id=handle,
        handle=handle,
        name=handle.title(),
        kind=kind,
        environment=Environment.LIVE,
        country="GB",
        currency="GBP",
        partner_id="practice",
        named_writes=NamedWrites.LIVE,
        archived=False,
        role=Role.OWNER,
    )


def client(number: int) -> ClientWork:
    """Every tenth client needs a person, and every fiftieth has nothing to draft."""
    drafts = tuple(
        Drafted(f"drf_{number:04}{part}".ljust(36, "0"), "GBP", 10_000 + number, new=True) for part in range(2)
    )
    remarks = (Remark("Its text names the month of INV-2026-00001."),)
    said = tuple(Exceptional(f"Hotel Bristol, INV-2026-{part:05}", remarks) for part in range(5))
    return ClientWork(
        organization(f"harbour-bakery-and-sons-{number:03}"),
        drafts=() if number % 50 == 7 else drafts,
        exceptions=said if number % 10 == 0 else (),
    )


WORK = WorkOfMonth(
    organization("ledger-co", OrganizationKind.PARTNER),
    Source.PREVIOUS,
    "2026-03",
    dry_run=False,
    clients=tuple(client(number) for number in range(CLIENTS)),
)


def test_pages_hold_every_client_with_work_once_and_no_more_than_the_tokens() -> None:
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = work_page(WORK, for_assistant, cursor=cursor)
        lines = [line for one in page.items for line in client_work_lines(one, for_assistant)]
        text = "\n".join(
            ["Ledger & Co (ledger-co)", work_line(WORK), *lines, f"99 more: repeat with {page.next_cursor}."]
        )
        assert len(text) / CHARACTERS_A_TOKEN <= TOKENS_MAX
        seen += [one.organization.handle for one in page.items]
        pages += 1
        if not (cursor := page.next_cursor):
            break
        assert page.left == sum(bool(one.drafts) for one in WORK.clients) - len(seen)
    busy = [one.organization.handle for one in WORK.clients if one.drafts]
    assert sorted(seen) == busy
    assert pages <= 5
    needing = [one.organization.handle for one in WORK.clients if one.exceptions]
    assert seen[: len(needing)] == needing


def test_the_first_line_says_what_all_of_it_comes_to() -> None:
    assert work_line(WORK) == (
        "Drafted: 2026-03, previous: 392 drafts for 196 of 200 clients, 39591.44 GBP."
        " Something needs a person at 20 clients."
    )


def test_what_is_said_of_several_documents_alike_is_said_once() -> None:
    _, said = client_work_lines(client(10), for_assistant)
    assert said == (
        "  ! Hotel Bristol, INV-2026-00000; Hotel Bristol, INV-2026-00001; Hotel Bristol, INV-2026-00002 and 2 more:"
        " Its text names the month of INV-2026-00001."
    )
