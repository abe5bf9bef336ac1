"""What says yes or no is taken strictly: true or false, or those two words as a text, in every tool."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.tools.bakery import HANDLE, Bakery, sale
from tools.catalog import CATALOG

FLAGS = sorted(
    (tool.name, argument)
    for tool in CATALOG
    for made in (tool.for_practice(),)
    for argument, field in made.fn_metadata.arg_model.model_fields.items()
    if bool in (field.annotation, *get_args(field.annotation))
)
NEITHER: tuple[Any, ...] = ("yes", "no", "True", "TRUE", " true", "on", "1", 1, 0, 1.0, [True], {"true": True})


def test_the_flags_of_all_tools_are_known() -> None:
    assert {
        ("record_payment", "accept_overpayment"),
        ("draft_invoice", "delete"),
        ("draft_invoice", "prices_include_tax"),
        ("create_client_organization", "dry_run"),
        ("update_organization", "prices_include_tax"),
        ("save_customer", "archived"),
    } <= set(FLAGS)


@pytest.mark.parametrize(("tool", "argument"), FLAGS)
async def test_a_flag_that_is_neither_true_nor_false_is_refused_by_its_name(
    bakery: Bakery, tool: str, argument: str
) -> None:
    before = bakery.contents()
    async with bakery.chat(dedicated=False) as chat:
        for value in NEITHER:
            error = await chat.refused(tool, **{argument: value})
            assert (error["code"], error["field"]) == ("invalid_input", argument), value
            assert error["message"] == f"{argument} must be true or false."
    assert bakery.contents() == before


@pytest.mark.parametrize("yes", [True, "true"])
@pytest.mark.parametrize("no", [False, "false"])
async def test_true_and_false_are_taken_as_json_or_as_a_text(bakery: Bakery, yes: object, no: object) -> None:
    async with bakery.chat() as chat:
        gross = await chat.ok("draft_invoice", **sale(), prices_include_tax=yes)
        net = await chat.ok("draft_invoice", **sale(), prices_include_tax=no, delete=no)
        assert (gross["total"], net["total"]) == ("1.00", "1.20")
        assert (await chat.ok("draft_invoice", draft=net["draft"], delete=yes))["deleted"] is True
        paid = {"invoice": bakery.made.number, "amount": "700"}
        assert (await chat.refused("record_payment", **paid, accept_overpayment=no))["code"] == "limit_exceeded"
        made = await chat.ok("record_payment", **paid, accept_overpayment=yes)
        assert made["payment"]["amount"] == "700.00"
        for value in (yes, no):
            saved = await chat.ok("save_customer", id=bakery.made.customer, consumer=value)
            assert saved["customer"]["consumer"] is (value == yes)


async def test_a_flag_that_is_null_is_left_out_and_a_text_of_true_stays_a_text(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        shown = await chat.ok("draft_invoice", organization=HANDLE, **sale(), prices_include_tax=None, note="true")
        assert shown["total"] == "1.20"
