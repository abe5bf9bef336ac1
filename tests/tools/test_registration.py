"""An assistant says what an organization is for VAT, and is told which number is missing and where it goes."""

from __future__ import annotations

from tests.support.assistant import Assistant, text_of
from tests.tools.bakery import Bakery, sale

LIVE = {"country": "DE", "environment": "live"}
PLACE = {
    "address": {"line1": "Lindenstr. 5", "postal_code": "10969", "city": "Berlin"},
    "iban": "DE89370400440532013000",
}


async def test_an_unregistered_client_is_made_live_in_the_words_of_its_country(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        await chat.ok("create_client_organization", name="Anna Berg", **LIVE)
        asked = text_of(await chat.call("update_organization", organization="anna-berg", **PLACE))
        assert "vat_registration is one of: registered (with tax_number (USt-IdNr.)" in asked
        small = {"vat_registration": "small_business"}
        asked = text_of(await chat.call("update_organization", organization="anna-berg", **small))
        assert "still need tax_office_number (Steuernummer) or tax_number (USt-IdNr.). Set it with" in asked
        wrong = {"tax_number": "181/815/08155"}
        refused = await chat.refused("update_organization", organization="anna-berg", **wrong)
        assert refused["field"] == "tax_number"
        assert "is a Steuernummer: give it as tax_office_number" in refused["message"]
        right = {"tax_office_number": "181/815/08155"}
        done = await chat.ok("update_organization", organization="anna-berg", **right)
        assert done["readiness"]["ready"] is True
        assert done["changed"] == {"tax_office_number": "181/815/08155"}
        profile = (await chat.ok("get_organization", organization="anna-berg"))["profile"]
        assert profile["vat_registration"] == "small_business"
        await chat.ok("save_customer", organization="anna-berg", name="Frau Vogel", consumer=True)
        issued = await issue(chat)
        assert (issued["tax_total"], issued["status"]) == ("0.00", "issued")


async def issue(chat: Assistant) -> dict[str, str]:
    document = {**sale(unit_price="12.50"), "customer": "Frau Vogel"}
    issued: dict[str, str] = (await chat.ok("issue_invoice", organization="anna-berg", **document))["invoice"]
    return issued


async def test_an_empty_registration_is_left_out(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        await chat.ok("update_organization", vat_registration="not_registered")
        await chat.ok("update_organization", vat_registration="", phone="1")
        shown = await chat.ok("get_organization")
        assert shown["profile"]["vat_registration"] == "not_registered"
        assert shown["policy"]["small_business"] is False


async def test_the_number_of_a_consumer_is_kept_and_found(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        person = {"name": "Anna Verdi", "country": "IT", "consumer": True}
        saved = await chat.ok("save_customer", **person, tax_office_number="rccmnl83s18d969h")
        assert saved["customer"]["tax_office_number"] == "RCCMNL83S18D969H"
        found = await chat.ok("find_customers", query="RCCMNL83S18D969H")
        assert [customer["name"] for customer in found["customers"]] == ["Anna Verdi"]
