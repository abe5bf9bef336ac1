"""`make bench`: ratios against a tool that does nothing, on the same server in the same run.

Absolute times mean nothing on a shared machine. Figures vary with the size given: `python -m benchmarks 100` makes a
quick run of a hundred calls a tool.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.load import Caller, measure

PORT = 8898
WORKERS = 8
Arguments = Callable[[int], dict[str, Any]]


async def run(calls: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        token = _init(data)
        server = subprocess.Popen([sys.executable, "-m", "benchmarks.server", str(data), str(PORT)])
        caller = Caller(f"http://127.0.0.1:{PORT}/mcp", token)
        try:
            await _until_it_answers(caller)
            await _compare(caller, calls)
        finally:
            await caller.close()
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def _init(data: Path) -> str:
    names = ["--name", "Bench", "--country", "GB", "--email", "bench@example.com"]
    command = [sys.executable, "-m", "server", "init", *names, "--sandbox", "--data", str(data), "--json"]
    token: str = json.loads(subprocess.check_output(command))["token"]
    return token


async def _until_it_answers(caller: Caller) -> None:
    for _ in range(600):
        with suppress(httpx2.ConnectError):
            await caller.call("noop", {})
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the server did not start")


async def _compare(caller: Caller, calls: int) -> None:
    made = await caller.call(
        "create_client_organization", {"name": "Harbour Bakery", "country": "GB", "copy_from": "bench-sandbox"}
    )
    named = {"organization": made["created"]["handle"]}
    customer = (await caller.call("save_customer", {"name": "Hotel Bristol", **named}))["customer"]["id"]
    item = (await caller.call("save_item", {"name": "Croissant", "unit_price": "12.50", **named}))["item"]["id"]
    lines = [{"item": item, "quantity": 3}] * 3
    document = {"customer": customer, "lines": lines, **named}
    invoice = (await caller.call("issue_invoice", document))["invoice"]["id"]
    plan: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("noop", {}, calls * 2),
        ("list_organizations", {}, calls),
        ("switch_organization", named, calls),
        ("find_customers", named, calls),
        ("find_invoices", named, calls),
        ("get_invoice", {"invoice": invoice, **named}, calls),
        ("get_organization", named, calls),
        ("draft_invoice", document, calls // 2),
        ("issue_invoice", document, calls // 2),
        ("render_document", {"document": invoice, **named}, calls // 2),
        ("export_documents", {"format": "csv", **named}, calls // 10),
    )
    base = 0.0
    print(f"{'tool':22} {'calls/s':>9} {'to noop':>8} {'median':>10} {'95 %':>10}")
    for tool, arguments, count in plan:
        figures = await measure(caller, tool, _always(arguments), calls=max(count, 20), workers=WORKERS)
        base = base or figures.per_second
        print(
            f"{tool:22} {figures.per_second:9.1f} {figures.per_second / base:8.2f}"
            f" {figures.median_ms:7.1f} ms {figures.p95_ms:7.1f} ms"
        )


def _always(arguments: dict[str, Any]) -> Arguments:
    return lambda _: arguments


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 400))
