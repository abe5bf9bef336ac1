"""Each tool beside a tool that does nothing, on the same server, and beside a bare server of the SDK."""

from __future__ import annotations

from typing import Any

from benchmarks.load import Job, calls_made, compare
from benchmarks.office import PRACTICE, Office

# What the tools are to reach: their throughput as a share of the no-op's.
READS, COMMITS = 0.6, 0.25


async def compare_tools(office: Office, anchor: Job, *, calls: int, rounds: int) -> None:
    client = await office.add_client("Harbour Bakery")
    named = {"organization": client.handle}
    plan: tuple[tuple[str, dict[str, Any], int, float], ...] = (
        ("noop", {}, calls, 1.0),
        ("list_organizations", {}, calls, READS),
        ("find_customers", named, calls, READS),
        ("find_items", named, calls, READS),
        ("find_invoices", named, calls, READS),
        ("get_invoice", {"invoice": client.invoice, **named}, calls, READS),
        ("get_organization", named, calls, READS),
        ("get_report", {"report": "tax_summary", **named}, calls, READS),
        ("render_document", {"document": client.invoice, **named}, calls, READS),
        ("switch_organization", {"organization": PRACTICE}, calls, COMMITS),
        ("save_customer", {"id": client.customer, "name": "Hotel Bristol", **named}, calls, COMMITS),
        ("draft_invoice", client.document(), calls, COMMITS),
        ("issue_invoice", client.document(), calls, COMMITS),
        ("export_documents", {"format": "csv", "issued_to": "2020-01-01", **named}, calls // 4, 0.0),
    )
    jobs = [(tool, office.job(tool, arguments), count, wanted) for tool, arguments, count, wanted in plan]
    # In books of their own, so that the lists above have as few rows as they have.
    other = await office.add_client("Finch Studio")
    for tool in ("record_payment", "issue_credit_note"):
        invoices = await office.add_invoices(other, calls_made(calls=calls, rounds=rounds))
        jobs.append((tool, office.settling(tool, other, invoices), calls, COMMITS))
    print("Throughput of each tool to that of a tool that does nothing, and to a bare server of the SDK; 8 callers")
    print(f"{'tool':22} {'ratio':>6} {'wanted':>7} {'to bare':>8} {'cpu ratio':>10} {'median':>10} {'95 %':>10}")
    noop = office.job("noop", {})
    for tool, job, count, wanted in jobs:
        figures = await compare(noop, job, calls=count, rounds=rounds, anchor=anchor)
        print(
            f"{tool:22} {figures.throughput:6.2f} {wanted or '':>7} {figures.to_anchor:8.2f} {figures.cpu:10.2f}"
            f" {figures.median_ms:7.1f} ms {figures.p95_ms:7.1f} ms",
            flush=True,
        )
    print()
