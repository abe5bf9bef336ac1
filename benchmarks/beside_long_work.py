"""What others notice of an organization's long work: it exports and verifies very many documents, they do nothing."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

from benchmarks.load import WORKERS, Job, batch
from benchmarks.office import Client, Office

# What the others are to keep: this share of their throughput, and no call that waits so much longer.
KEPT, LONGER_MS = 0.5, 100
FORMATS = ("csv", "json", "xlsx")


async def compare_beside_long_work(office: Office, busy: Client, *, calls: int, rounds: int) -> None:
    """A tool that does nothing, while the books of `busy` are exported and verified, and while they are not."""
    noop, named = office.job("noop", {}), {"organization": busy.handle}
    print(f"A no-op beside long work, to quiet minutes; wanted: at least {KEPT}, at most {LONGER_MS} ms longer")
    print(f"{'work':22} {'ratio':>6} {'longest call':>13} {'when quiet':>11} {'seconds':>8}")
    plan: list[tuple[str, str, dict[str, Any]]] = [
        *((f"export as {name}", "export_documents", {"format": name, **named}) for name in FORMATS),
        ("verify", "verify", named),
    ]
    for what, tool, arguments in plan:
        ratios, longest, quiet_longest, seconds = [], [], [], []
        for number in range(max(1, rounds // 3)):
            # An export of unchanged books is there already.
            await office.caller.call("issue_invoice", busy.document())
            quiet = await batch(noop, calls=calls, first=number * calls)
            took, calls_ms = await _until(noop, office.job(tool, arguments))
            ratios.append(len(calls_ms) / took / quiet.per_second)
            longest.append(max(calls_ms))
            quiet_longest.append(max(quiet.took_ms))
            seconds.append(took)
        print(
            f"{what:22} {statistics.median(ratios):6.2f} {statistics.median(longest):10.0f} ms"
            f" {statistics.median(quiet_longest):8.0f} ms {statistics.median(seconds):8.1f}",
            flush=True,
        )
    print()


async def _until(job: Job, work: Job) -> tuple[float, list[float]]:
    """Make calls over all workers until one call of `work` has ended: how many seconds it took, and how many
    milliseconds each call.
    """
    took: list[float] = []
    begun = time.perf_counter()
    working = asyncio.create_task(work.caller.call(work.tool, work.arguments(0)))

    async def call() -> None:
        while not working.done():
            since = time.perf_counter()
            await job.caller.call(job.tool, job.arguments(0))
            took.append((time.perf_counter() - since) * 1000)

    await asyncio.gather(*(call() for _ in range(WORKERS)), working)
    return time.perf_counter() - begun, took
