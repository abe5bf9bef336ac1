"""An organization's activity log tells nobody of another one, and names nobody who only tried to reach it."""

from __future__ import annotations

import pytest

from tests.support.assistant import ERAS, Era, assistant
from tests.support.twins import CANARIES, Twins


@pytest.mark.parametrize("era", ERAS)
async def test_a_log_tells_nothing_of_others_and_others_logs_nothing_of_it(twins: Twins, era: Era) -> None:
    mine, theirs = twins.known["a"], (twins.known["b"], twins.known["c"])
    before = await twins.contents(("b", "c"))
    async with assistant(twins.office("only_a"), era) as chat:
        for their in theirs:
            for one in (their, their.never()):
                for handle in (one.handle, one.id):
                    await chat.refused("find_customers", organization=handle, query=one.canary)
                    await chat.refused("get_report", report="activity", organization=handle)
                await chat.refused("get_invoice", invoice=one.invoice)
        await chat.ok("get_report", report="sales", organization=mine.handle)
        await twins.store.activity.written()
        told = (await chat.ok("get_report", report="activity", limit=100))["rows"]
    labels = [row["label"].partition(" ")[2].partition(" ")[2] for row in told]
    # What exists and what does not are tried alike, and stand there alike.
    for refused in ("find_customers, not_found", "get_report, not_found"):
        assert sum(refused in label for label in labels) == 8
    assert any(label == f"{CANARIES['a'].lower()}@example.com: get_report (local)" for label in labels)
    for their in theirs:
        assert their.canary.lower() not in str(told).lower()
        assert their.handle not in str(told)
    assert await twins.contents(("b", "c")) == before
    async with assistant(twins.office("boss"), era) as chat:
        await chat.ok("find_customers", organization=twins.known["b"].handle)
        await twins.store.activity.written()
        read = await chat.ok("get_report", report="activity", limit=100, organization=twins.known["b"].handle)
    assert "find_customers (local)" in str(read["rows"])
    assert CANARIES["a"].lower() not in str(read).lower()
