"""What mends a thing, in the words of whoever is told."""

from __future__ import annotations

import json
import re

import pytest

from invoicing.refusals import NotFound, NotReady
from invoicing.remedies import (
    Act,
    AnswerForForm,
    BringBack,
    DividePrice,
    MapColumn,
    NameOrganization,
    Remark,
    Remedy,
    ReversePayment,
    remedy_on_record,
    remedy_record,
)
from tools.catalog import CATALOG
from views.remedies import at_terminal, for_assistant, line_of, message_of, on_page, told

TOOL = re.compile("|".join(rf"\b{tool.name}\b" for tool in CATALOG))
REMEDIES: tuple[Remedy, ...] = (
    *Act,
    *(NameOrganization(more=more, protocol_session=session) for more in (True, False) for session in (True, False)),
    ReversePayment("pay_1"),
    AnswerForForm("it-sdi", draft=False),
    AnswerForForm("buyer-vat-number", draft=True),
    BringBack("harbour-bakery"),
    MapColumn("Price", "unit_price"),
    MapColumn("Price", "unit_price", doubtful=True),
    MapColumn("Price", ""),
    DividePrice("Price per 100", "unit_price", 100),
)


@pytest.mark.parametrize("remedy", REMEDIES, ids=str)
def test_every_remedy_is_worded_for_an_assistant_and_for_a_terminal(remedy: Remedy) -> None:
    for words in (for_assistant(remedy), at_terminal(remedy)):
        # A command that is to be typed ends with what is to be typed, and nothing after it.
        assert words.endswith((".", " TEXT"))
        assert "\n" not in words
        assert TOOL.search(words) or "counterfoil " in words or " --" in words


def test_an_assistant_is_told_a_tool_where_a_terminal_is_told_a_command() -> None:
    assert for_assistant(Act.FIND_ORGANIZATION) == "Look them up with list_organizations."
    assert at_terminal(Act.FIND_ORGANIZATION) == "Look them up with counterfoil organization list."
    answered = AnswerForForm("it-sdi", draft=False)
    assert 'save_configuration (part "mandates", code "it-sdi", handed_in)' in for_assistant(answered)
    assert "counterfoil mandate acknowledge it-sdi --handed-in" in at_terminal(answered)


def test_a_refusal_says_what_is_wrong_and_then_what_to_do() -> None:
    refusal = NotFound("No such document here.", remedy=Act.FIND_DOCUMENT)
    assert message_of(refusal, for_assistant) == "No such document here. Look for it with find_invoices."
    assert line_of(refusal, for_assistant) == "not_found: No such document here. Look for it with find_invoices."
    assert message_of(NotFound("No such document here."), for_assistant) == "No such document here."


def test_each_thing_that_is_lacking_is_followed_by_its_own_remedy() -> None:
    refusal = NotReady(
        Remark("No country yet.", Act.SET_ORGANIZATION), Remark("No rate."), Remark("No city.", Act.SAVE_CUSTOMER)
    )
    assert message_of(refusal, for_assistant) == (
        "No country yet. Set it with update_organization. No rate. No city. Set it with save_customer."
    )


def test_what_has_no_remedy_is_said_as_it_is() -> None:
    assert told(Remark("Nothing is to be done."), at_terminal) == "Nothing is to be done."


@pytest.mark.parametrize("remedy", REMEDIES, ids=str)
def test_a_remedy_is_the_same_after_it_was_on_record(remedy: Remedy) -> None:
    assert remedy_on_record(json.loads(json.dumps(remedy_record(remedy)))) == remedy


def test_what_is_no_remedy_any_more_is_none() -> None:
    assert remedy_on_record([]) is None
    assert remedy_on_record(["an act of another release"]) is None


@pytest.mark.parametrize("remedy", REMEDIES, ids=str)
def test_whoever_is_at_a_page_is_told_no_tool_and_no_command(remedy: Remedy) -> None:
    said = on_page(remedy)
    assert not re.search(r"[a-z]_[a-z]|counterfoil |--", said)
    assert not TOOL.search(said)
    assert said == "" or said.endswith(".")
    assert told(Remark("It is so.", remedy), on_page) == f"It is so. {said}".strip()
