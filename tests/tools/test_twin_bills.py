"""What a practice exports and bills of its clients names none out of reach."""

from __future__ import annotations

import pytest

from tests.support.anothers import assert_nothing_of
from tests.support.assistant import ERAS, Era
from tests.support.twins import Known, Twins
from tests.tools.probes import Arguments
from tests.tools.test_twin_organizations import chat_of, expect_no_difference, told


@pytest.mark.parametrize("era", ERAS)
async def test_what_a_practice_bills_names_no_client_out_of_reach(twins: Twins, era: Era) -> None:
    mine, own = twins.known["a"], {"organization": "ledger-co-sandbox"}
    plan = {"name": "Books", "kind": "month", "price": "1", "from": "2026-01", "customer": "The client"}
    hours = {"day": "2026-02-01", "hours": "1", "description": "Call"}
    async with chat_of(twins, "boss", "a", era, "practice") as boss:
        await boss.ok("save_customer", name="The client", **own)
        for key in ("a", "b"):
            handle = twins.known[key].handle
            await boss.ok("save_configuration", part="plans", code=f"{handle}/books", values=plan, **own)
            await boss.ok("save_configuration", part="hours", code=f"{handle}/1", values=hours, **own)
    async with chat_of(twins, "hand", "a", era, "practice") as chat:
        for their in (twins.known["b"], twins.known["c"]):
            real, ghost = (_billed(mine, one, plan, hours) for one in (their, their.never()))
            real, ghost = ([{**arguments, **own} for arguments in calls] for calls in (real, ghost))
            await expect_no_difference(chat, "save_configuration", real, ghost, their)
            calls: list[tuple[str, Arguments]] = [
                *(("get_configuration", {"part": part, **own}) for part in ("plans", "hours", "history")),
                *(("get_report", {"report": name, "limit": 100, **own}) for name in ("audit_trail", "activity")),
                ("draft_for_clients", {"month": "2026-02", "source": "plan", "partner": "ledger-co-sandbox"}),
                ("draft_for_clients", {"month": "2026-04", "partner": "ledger-co-sandbox"}),
            ]
            for tool, arguments in calls:
                assert_nothing_of(their, told(await chat.call(tool, **arguments)), f"{tool} {arguments}")
        assert mine.handle in told(await chat.call("get_configuration", part="plans", **own))


def _billed(mine: Known, their: Known, plan: Arguments, hours: Arguments) -> list[Arguments]:
    """Plans and hours of another organization, and such of one's own that name what is another's."""
    return [
        *(
            {"part": part, "code": f"{text}/{code}", "values": values}
            for text in (their.handle, their.id, their.canary)
            for part, code, values in (("plans", "books", plan), ("hours", "1", hours), ("hours", "2", hours))
        ),
        *({"part": part, "code": f"{their.handle}/books", "withdraw": True} for part in ("plans", "hours")),
        *(
            {"part": "plans", "code": f"{mine.handle}/x", "values": {**plan, "customer": text}}
            for text in (their.customer, their.customer_name)
        ),
        *(
            {"part": "plans", "code": f"{mine.handle}/x", "values": {**plan, "item": text}}
            for text in (their.item, their.sku)
        ),
    ]
