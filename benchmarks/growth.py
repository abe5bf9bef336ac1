"""How the cost of a call grows: a large office beside a small one, each on a server of its own, by turns."""

from __future__ import annotations

import statistics
import time
from typing import Any

from benchmarks.load import Job, batch, calls_made, compare
from benchmarks.office import PRACTICE, Client, Office

GROWTH_MAX = 1.3
FEW_ORGANIZATIONS = 10
FEW_LINES, MANY_LINES = 3, 300
LINES_AT_RATES = 30
# More than a page of a list holds, so that the pages of both are of equal length.
PAGE = 60
MANY_RATES_COUNTRY = "FR"
FEW_INVOICES, SOME_INVOICES = 10, 1_000
# A page of ten rows on each side: what differs is how much there is beside it.
REPORTS: dict[str, dict[str, Any]] = {
    "receivables_aging": {"report": "receivables_aging", "limit": 10},
    "statement": {"report": "statement", "customer": "", "limit": 10},
    "tax_summary": {"report": "tax_summary", "limit": 10},
    "ec_sales": {"report": "ec_sales", "limit": 10},
    "sales by customer": {"report": "sales", "limit": 10},
    "sales by item": {"report": "sales", "by": "item", "limit": 10},
    "trial_balance": {"report": "trial_balance", "limit": 10},
    "journal": {"report": "journal", "limit": 3},
    "audit_trail": {"report": "audit_trail", "limit": 10},
}
TAXED_CODES = ("STANDARD", "REDUCED", "REDUCED2", "SUPER-REDUCED", "EXEMPT")


async def compare_lines(office: Office, *, calls: int, rounds: int) -> None:
    """Documents with many lines beside those with few: the cost of a call may grow as its content does."""
    client = await office.add_client("Long Lists")
    _head(f"{MANY_LINES} lines to {FEW_LINES}, in one organization: the content grows {MANY_LINES // FEW_LINES} times")
    for tool in ("draft_invoice", "issue_invoice"):
        few, many = (office.job(tool, client.document(lines)) for lines in (FEW_LINES, MANY_LINES))
        await _compare(tool, few, many, calls=calls, rounds=rounds)
    long = await office.caller.call("issue_invoice", client.document(MANY_LINES))
    for tool, argument in (("get_invoice", "invoice"), ("render_document", "document")):
        few, many = (
            office.job(tool, {argument: invoice, "organization": client.handle})
            for invoice in (client.invoice, long["invoice"]["id"])
        )
        await _compare(tool, few, many, calls=calls, rounds=rounds)
    tool, count = "issue_credit_note", calls_made(calls=calls, rounds=rounds)
    few, many = [
        office.settling(tool, client, await office.add_invoices(client, count, lines=lines))
        for lines in (FEW_LINES, MANY_LINES)
    ]
    await _compare(tool, few, many, calls=calls, rounds=rounds)
    print()


async def compare_rates(office: Office, *, calls: int, rounds: int) -> None:
    """Documents of equally many lines, at one tax rate and at all that the organization has."""
    client = await office.add_client("Mixed Goods", country=MANY_RATES_COUNTRY)
    shown = await office.caller.call("get_organization", {"organization": client.handle})
    codes = [one["code"] for one in shown["tax_codes"] if one["code"] in TAXED_CODES]
    _head(f"{len(codes)} tax codes to 1, in {LINES_AT_RATES} lines")
    for tool in ("draft_invoice", "issue_invoice"):
        one, several = (office.job(tool, client.document(LINES_AT_RATES, tax_codes=of)) for of in (codes[:1], codes))
        await _compare(tool, one, several, calls=calls, rounds=rounds)
    print()


async def compare_volume(small: Office, large: Office, *, invoices: int, calls: int, rounds: int) -> Client:
    """An organization with very many invoices beside one with a page of them; answers the first."""
    few, many = await small.add_client("Corner Shop"), await large.add_client("Corner Shop")
    await small.add_invoices(few, PAGE)
    await large.add_invoices(many, invoices)
    _head(f"{invoices} invoices to {PAGE} in an organization")
    await _compare_tools(small, large, few, many, calls=calls, rounds=rounds)
    return many


async def compare_reports(office: Office, many: Client, *, invoices: int, calls: int, rounds: int) -> None:
    """Each report of an organization with very many invoices, and of one with some, beside one that has a few."""
    few, some = await office.add_client("Kiosk"), await office.add_client("High Street")
    await office.add_invoices(few, FEW_INVOICES)
    await office.add_invoices(some, SOME_INVOICES)
    for count, client in ((SOME_INVOICES, some), (invoices, many)):
        _head(f"Reports, {count} invoices to {FEW_INVOICES}")
        for name, asked in REPORTS.items():
            jobs = (
                office.job("get_report", {"organization": one.handle, **_about(one, asked)}) for one in (few, client)
            )
            await _compare(name, *jobs, calls=calls, rounds=rounds)
        print()


def _about(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    return {name: client.customer if name == "customer" else value for name, value in asked.items()}


async def compare_organizations(small: Office, large: Office, *, organizations: int, calls: int, rounds: int) -> None:
    """A practice with very many clients beside one with few; also with each call for another client."""
    few, many = await small.add_clients(FEW_ORGANIZATIONS), await large.add_clients(organizations)
    _head(f"{organizations} organizations to {FEW_ORGANIZATIONS}")
    await _compare_tools(small, large, few[0], many[0], calls=calls, rounds=rounds)
    _head("The same, each call for the next organization")
    for tool in ("find_customers", "issue_invoice"):
        jobs = [_round_robin(office, tool, clients) for office, clients in ((small, few), (large, many))]
        # Opening each for the first time is no part of what a call costs from then on.
        await batch(jobs[1], calls=len(many), first=0)
        await _compare(tool, *jobs, calls=calls, rounds=rounds)
    print()
    await _compare_acts_of_the_practice(small, large, calls=calls // 4, rounds=rounds)
    for office, clients in ((small, few), (large, many)):
        memory = office.process.memory_info().rss / 2**20
        files, threads = office.process.num_fds(), office.process.num_threads()
        print(f"{len(clients)} organizations: {memory:.0f} MiB, {files} open files, {threads} threads")


async def _compare_acts_of_the_practice(small: Office, large: Office, *, calls: int, rounds: int) -> None:
    """Making a client more, a page of the list, and one changed tax code for all of them."""
    _head("Acts of the practice")
    new = {"name": "One More", "country": "GB", "copy_from": PRACTICE}
    for tool, arguments in (("create_client_organization", new), ("list_clients", {"limit": FEW_ORGANIZATIONS})):
        await _compare(tool, *(office.job(tool, arguments) for office in (small, large)), calls=calls, rounds=rounds)
    per_client = []
    for office in (small, large):
        pushed = [await _push(office, number) for number in range(rounds)]
        per_client.append(statistics.median(seconds / clients for seconds, clients in pushed))
        seconds, clients = pushed[-1]
        print(f"push_configuration of a changed tax code to {clients} clients: {seconds:.2f} s")
    print(f"{'push, for each client':22} {per_client[1] / per_client[0]:6.2f}", flush=True)
    print()


async def _push(office: Office, number: int) -> tuple[float, int]:
    """Change a tax code of the practice, and push it to all clients: how long that took, and how many they are."""
    change = {"part": "tax_codes", "code": "STANDARD", "values": {"name": f"Standard rate {number}"}}
    await office.caller.call("save_configuration", {"organization": PRACTICE, **change})
    begin = time.perf_counter()
    done = await office.caller.call(
        "push_configuration",
        {"parts": ["tax_codes"], "codes": ["STANDARD"], "clients": ["*"], "mode": "update", "dry_run": False},
    )
    return time.perf_counter() - begin, done["states"]["changed"]


async def _compare_tools(small: Office, large: Office, few: Client, many: Client, *, calls: int, rounds: int) -> None:
    for tool in ("noop", "list_organizations", "switch_organization", *_OF_AN_ORGANIZATION):
        jobs = (office.job(tool, _arguments(tool, client)) for office, client in ((small, few), (large, many)))
        await _compare(tool, *jobs, calls=calls, rounds=rounds)
    print()


_OF_AN_ORGANIZATION = (
    "find_customers",
    "find_invoices",
    "get_invoice",
    "get_organization",
    "draft_invoice",
    "issue_invoice",
    "render_document",
)


def _arguments(tool: str, client: Client) -> dict[str, Any]:
    match tool:
        case "noop":
            return {}
        case "list_organizations":
            # As many as the small office has: a page of equal length on both.
            return {"limit": FEW_ORGANIZATIONS}
        case "switch_organization":
            return {"organization": PRACTICE}
        case "draft_invoice" | "issue_invoice":
            return client.document()
        case "get_invoice":
            return {"invoice": client.invoice, "organization": client.handle}
        case "render_document":
            return {"document": client.invoice, "organization": client.handle}
    return {"organization": client.handle}


def _round_robin(office: Office, tool: str, clients: list[Client]) -> Job:
    return office.job(tool, lambda number: _arguments(tool, clients[number % len(clients)]))


def _head(text: str) -> None:
    print(text)
    print(f"{'tool':22} {'time':>6} {'cpu':>6}   (wanted: at most {GROWTH_MAX} where the content is the same)")


async def _compare(tool: str, small: Job, large: Job, *, calls: int, rounds: int) -> None:
    figures = await compare(small, large, calls=calls, rounds=rounds)
    print(f"{tool:22} {1 / figures.throughput:6.2f} {figures.cpu:6.2f}", flush=True)
