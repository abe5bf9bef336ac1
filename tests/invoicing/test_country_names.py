"""Countries in sentences: by name, with the code."""

from __future__ import annotations

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.names import country_named
from invoicing.document.warnings import warnings_for
from tests.support.samples import TODAY, circumstances, composed, customer, line, request


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("GR", "Greece (GR)"),
        ("NL", "the Netherlands (NL)"),
        ("GB", "the United Kingdom (GB)"),
        ("RE", "Réunion (RE)"),
        ("IM", "the Isle of Man (IM)"),
        ("AE", "the United Arab Emirates (AE)"),
        ("QQ", "QQ"),
        ("", ""),
    ],
)
def test_a_country_is_named_with_its_code(code: str, named: str) -> None:
    assert country_named(code) == named


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_that_has_a_file_is_named_as_there(code: str) -> None:
    assert country_named(code).removeprefix("the ") == f"{country(code).name} ({code})"


def test_explanations_and_warnings_name_countries() -> None:
    given = circumstances(seller="DE", buyer=customer("GR"), codes=None)
    made = composed(request(line()), given)
    warned = warnings_for(
        made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen
    )
    said = [*made.explanation, *(warning.text for warning in warned)]
    assert any("is a business in Greece (GR) without a VAT number" in text for text in said)
    assert not any(" in GR" in text or " in DE" in text for text in said)
