"""A new client issues at once: fresh or copied, in the sandbox as it is, and live with what readiness names."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.organizations import Environment
from operations.layer_plans import Model
from operations.onboarding import ClientRequest, create_client_organization
from operations.organizations import get_organization
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.journal import receivable_of
from storage.books.pool import Books
from tests.operations.test_every_country import TABLE
from tests.support.practice import Practice, practice

TAX_MINOR = {"DE": 475, "FR": 500, "GB": 500, "US": 0, "CH": 203}
"""The tax of 25.00 at the ordinary rate; in the United States, where the seller has said no jurisdiction, none."""
WAYS = {
    "fresh": ("", Model.PRACTICE),
    "of the practice": ("practice", Model.PRACTICE),
    "of a client": ("client", Model.SOURCE),
}


PROFILE = {
    "line1": "1 Main Street",
    "postal_code": "12345",
    "city": "Harbour",
    "region": "CA",
    "vat_registration": "registered",
    "registration_number": "12345678",
    "iban": "GB33BUKB20201555555555",
}


async def make(one: Practice, country: str, way: str, environment: Environment) -> Books:
    source, model = WAYS[way]
    model_client = await one.client(f"Model {way} {environment}", country) if source == "client" else one.organization
    request = ClientRequest(
        name=f"Bakery {way} {environment}",
        country=country,
        environment=environment,
        copy_from=model_client.handle if source else "",
        organization_layer=model,
    )
    made = await create_client_organization(one.office, request)
    assert made.created is not None
    return one.books(made.created)


async def check_that_it_issues(one: Practice, books: Books, country: str) -> None:
    """An invoice to a business at home: taxed at the ordinary rate, and posted."""
    region = "CA" if country == "US" else ""
    buyer = await one.customer(books, country=country, region=region)
    issued = (await one.issue(books, buyer.id)).document
    assert issued.net_minor == 2_500
    assert issued.tax_minor == TAX_MINOR[country]
    assert await books.read(lambda db: receivable_of(db, issued.id)), "it is posted"
    assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize("country", TAX_MINOR)
async def test_a_new_client_issues_a_correct_posted_invoice_whatever_way_it_was_made(
    tmp_path: Path, country: str
) -> None:
    async with practice(tmp_path, country=country) as one:
        for way in WAYS:
            await check_that_it_issues(one, await make(one, country, way, Environment.SANDBOX), country)
            live = await make(one, country, way, Environment.LIVE)
            profile, rounds = PROFILE | {"tax_number": TABLE[country]["tax_number"]}, 0
            # What is stated can make something else necessary, as a registration does its number.
            while blockers := (await get_organization(live)).blockers:
                named = {name for blocker in blockers for name in blocker.fields}
                wanted = {name: text for name, text in profile.items() if name in named}
                live, _ = await update_organization(one.office, live, wanted)
                rounds += 1
                assert rounds < 3, blockers
            assert rounds, "it is told what is missing"
            await check_that_it_issues(one, live, country)
