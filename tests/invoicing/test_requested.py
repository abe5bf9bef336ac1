"""The text of a request: what is kept of a draft, and read again, also from an earlier release."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

from hypothesis import given

from invoicing.document.canonical import canonical_json
from invoicing.document.requested import RequestedDocument, check_request, request_from_text, request_text
from tests.support.samples import line, request, requests


@given(requests)
def test_a_request_survives_its_text(wanted: RequestedDocument) -> None:
    checked = check_request(replace(wanted, exchange_rate=Decimal("1.5"), exchange_source="ECB"))
    text = request_text(checked)
    again = request_from_text(text)
    assert again == checked
    assert request_text(again) == text
    assert hash(again) == hash(checked)


def test_a_request_of_the_first_release_has_the_text_it_had() -> None:
    wanted = request(line(), supply_date=date(2026, 3, 9))
    later = {
        "adjustments",
        "rounding",
        "withholding",
        "exchange_rate",
        "exchange_date",
        "exchange_source",
        "series",
        "payment_means",
        "rounding_to",
        "rounding_amount",
        "fund",
        "split_payment",
        "surcharge",
        "bank_account",
    }
    later |= {"terms_text", "references", "delivery_place", "delivery", "payee", "tax_representative", "former"}
    later |= {"advance", "deducts", "paid_on"}
    value = {key: part for key, part in asdict(wanted).items() if key not in later}
    for part in value["lines"]:
        for name in (
            "discount_amount",
            "charge_amount",
            "name",
            "supply_date",
            "supply_end",
            "order_line",
            "dimensions",
            "cost",
            "base_quantity",
            "adjustments",
            "note",
            "references",
        ):
            del part[name]
    assert request_text(wanted) == canonical_json(value)
    assert request_from_text(json.dumps(json.loads(canonical_json(value)))) == wanted
