"""Pages of a person at a browser, each beside a page that reads nothing, on the same server."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import httpx2

from benchmarks.load import ANSWER_SECONDS
from benchmarks.office import PRACTICE, Client, Office
from operations.access import Office as Acting
from operations.identity import browsing
from operations.identity.browsing import Method
from operations.practices import local_owner
from server.app import system_clock
from server.pages.cookies import SessionCookie
from storage.folder.store import open_store

WANTED = 5.0
"""How many times as long as a page that reads nothing a page may take, in the median."""
HTML_MAX = 150_000
"""Bytes of a page, as text."""
_OF_PRACTICE = ("overview", "overview?sort=overdue", "work", "clients", "clients/new", "summary", "people", "activity")
_OF_CLIENT = (
    *("summary", "invoices", "invoices?status=overdue", "invoices?q=bristol", "invoices?status=draft", "customers"),
    *("items", "journal", "reports", "reports/receivables_aging", "reports/sales", "reports/sales?by=month"),
    *("reports/tax_summary", "reports/trial_balance", "exports", "import", "settings", "settings/profile"),
    *("settings/periods", "settings/tax-codes", "settings/history", "connections", "people", "activity"),
)


async def compare_pages_of_practice(office: Office, clients: int, *, calls: int, rounds: int) -> None:
    """The pages of a practice that has so many clients, and those that are of no organization."""
    place = f"/practice/{PRACTICE}"
    pages = [*(f"{place}/{name}" for name in _OF_PRACTICE), "/organizations", f"/find?at={PRACTICE}", "/find?q=client"]
    print(f"Pages of a practice with {clients} clients")
    await _compare(office, f"{place}/import", pages, calls=calls, rounds=rounds)


async def compare_pages_of_client(office: Office, client: Client, documents: int, *, calls: int, rounds: int) -> None:
    """The pages of a client that has so many documents."""
    place = f"/o/{client.handle}"
    pages = [*(f"{place}/{name}" for name in _OF_CLIENT), f"{place}/invoices/{client.invoice}"]
    print(f"Pages of a client with {documents} documents")
    await _compare(office, f"{place}/import", pages, calls=calls, rounds=rounds)


async def _compare(office: Office, noop: str, pages: Sequence[str], *, calls: int, rounds: int) -> None:
    """Print what each page takes to one that stands in the same frame and reads nothing of the books."""
    assert office.data is not None
    url = office.caller.url.removesuffix("/mcp")
    cookies = {SessionCookie.of(url).name: await _secret(office.data)}
    print(f"{'page':52} {'to noop':>8} {'wanted':>7} {'median':>10} {'bytes':>8}")
    async with httpx2.AsyncClient(base_url=url, cookies=cookies, timeout=ANSWER_SECONDS) as browser:
        for page in pages:
            size = await _size(browser, page)
            pairs = [(await _took(browser, noop, calls), await _took(browser, page, calls)) for _ in range(rounds)]
            ratio = statistics.median(took / nothing for nothing, took in pairs)
            median = statistics.median(took for _, took in pairs) * 1000
            heavy = " too large" if size > HTML_MAX else ""
            print(f"{page:52} {ratio:8.2f} {WANTED:7.0f} {median:7.1f} ms {size:8}{heavy}", flush=True)
    print()


async def _size(browser: httpx2.AsyncClient, page: str) -> int:
    """How many bytes a page has; what it makes once is made then.

    Raises:
        RuntimeError: it is not shown.
    """
    answer = await browser.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answers {answer.status_code}.")
    return len(answer.content)


async def _took(browser: httpx2.AsyncClient, page: str, calls: int) -> float:
    """The median of the seconds that a page takes, one call after the other."""
    took = []
    for _ in range(calls):
        begun = perf_counter()
        await browser.get(page)
        took.append(perf_counter() - begun)
    return statistics.median(took)


async def _secret(data: Path) -> str:
    """The secret of a cookie of the owner."""
    async with open_store(data) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Acting(store=store, principal=owner, clock=system_clock)
        now = office.latest()
        return await store.directory.write(lambda db: browsing.begin(db, owner.user_id, Method.PASSKEY, now=now))
