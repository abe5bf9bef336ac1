"""What is missing before an organization may issue: each thing once, under the name of the argument that sets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.document.readiness import blockers, live_blockers
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment
from invoicing.remedies import Act

EMPTY = Profile(name="Harbour Bakery", environment=Environment.LIVE, country="GB", currency="GBP", tax_system="uk_vat")
COMPLETE = replace(
    EMPTY, line1="1 Quay", city="Bristol", postal_code="BS1 4ND", tax_number="GB1", iban="GB33BUKB20201555555555"
)


def test_all_that_is_missing_is_one_sentence_with_its_remedy_and_the_arguments() -> None:
    (blocker,) = blockers(EMPTY)
    assert blocker.fields == ("line1", "city", "postal_code", "vat_registration", "iban")
    assert blocker.text == (
        "Live invoices in United Kingdom still need address (line1, city, postal_code), vat_registration and iban (or"
        " account_number). vat_registration is one of: registered (with tax_number (VAT"
        " no.)); not_registered (below the threshold, Schedule 1 VAT Act 1994, up to 90,000 GBP a year)."
    )
    assert blocker.remedy is Act.SET_ORGANIZATION


@pytest.mark.parametrize(
    ("emptied", "missing"),
    [
        ({"city": ""}, "address (city)"),
        ({"iban": ""}, "iban (or account_number)"),
        ({"tax_number": "", "city": ""}, "address (city) and vat_registration"),
        (
            {"tax_number": "", "city": "", "vat_registration": "registered"},
            "address (city) and tax_number (VAT no.)",
        ),
    ],
)
def test_one_thing_that_is_missing_stands_alone(emptied: dict[str, str], missing: str) -> None:
    (blocker,) = blockers(replace(COMPLETE, **emptied))  # type: ignore[arg-type]  # Fields that are texts.
    assert f"still need {missing}." in blocker.text


def test_nothing_is_said_of_what_is_complete_and_an_account_number_is_as_good_as_an_iban() -> None:
    assert blockers(COMPLETE) == ()
    assert blockers(replace(COMPLETE, iban="", account_number="12345678")) == ()
    assert live_blockers(replace(COMPLETE, tax_system="none", tax_number="")) == ()


def test_without_a_country_that_alone_is_asked_for_and_a_sandbox_wants_nothing_more() -> None:
    (blocker,) = blockers(Profile(name="Unnamed practice", environment=Environment.SANDBOX))
    assert blocker.fields == ("country",)
    assert blocker.remedy is Act.SET_ORGANIZATION
    assert blockers(replace(EMPTY, environment=Environment.SANDBOX)) == ()
