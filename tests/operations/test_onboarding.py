"""Onboarding: the practice, and its clients in three layers, fresh or copied; what is never copied; handles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import Environment, OrganizationKind, Role
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound
from operations.items import save_item
from operations.layer_outcomes import copied_in_all, states_by_layer
from operations.onboarding import ClientRequest, NewClient, create_client_organization
from operations.organizations import ANOTHER, OrganizationDetails, get_organization, sources_told
from operations.profile import update_organization
from operations.templates import Choices
from storage.books.pool import BOOKS_FILE
from storage.books.tax_codes import load_tax_codes
from storage.directory import users
from tests.support.folders import folder_of
from tests.support.layers import load_entity_layer, load_organization_layer
from tests.support.people import another_practice, archive, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.stores import books_there


async def make(one: Practice, name: str, country: str = "GB", **more: object) -> NewClient:
    return await create_client_organization(one.office, replace(ClientRequest(name=name, country=country), **more))  # type: ignore[arg-type]  # The fields are named in each test.


async def details(one: Practice, made: NewClient) -> OrganizationDetails:
    assert made.created is not None
    return await get_organization(one.books(made.created))


def stored(one: Practice) -> tuple[list[str], list[str]]:
    """All rows of the directory, and of what there are books."""
    with raw(one.root / "directory.db") as connection:
        rows = list(connection.iterdump())
    return rows, sorted(books_there(one.root))


# Fresh starts


@pytest.mark.parametrize(
    ("country", "currency", "standard", "tax_system", "code", "percent"),
    [
        ("GB", "GBP", "ifrs", "uk_vat", "STANDARD", 20),
        ("DE", "EUR", "ifrs", "eu_vat", "STANDARD", 19),
        ("GR", "EUR", "ifrs", "eu_vat", "STANDARD", 24),
        ("US", "USD", "us_gaap", "us_sales_tax", None, 0),
    ],
)
async def test_a_fresh_client_follows_its_country(
    tmp_path: Path, country: str, currency: str, standard: str, tax_system: str, code: str | None, percent: int
) -> None:
    async with practice(tmp_path) as one:
        made = await make(one, "Harbour Bakery", country.lower())
        assert states_by_layer(made.outcomes) == {"schema": "created", "organization": "fresh", "entity": "fresh"}
        assert copied_in_all(made.outcomes) == {}
        assert all(note.text.startswith("Mandate ") for note in made.notes)
        assert bool(made.notes) is (country in ("DE", "GR"))
        shown = await details(one, made)
        profile = shown.profile
        assert (profile.country, profile.currency) == (country, currency)
        assert (profile.accounting_standard, profile.tax_system) == (standard, tax_system)
        assert made.created is not None
        codes = await one.books(made.created).read(load_tax_codes)
        default = next(one_code for one_code in codes if one_code.is_default)
        assert code is None or default.code == code
        assert default.rates[-1].percent == percent
        assert [pattern for _, pattern in shown.settings.series] == ["CN-{YYYY}-{SEQ:5}", "INV-{YYYY}-{SEQ:5}"]
        source = {"organization": f"country file {country}", "entity": f"country file {country}"}
        assert shown.settings.sources == source


@pytest.mark.parametrize("standard", ["ifrs", "US GAAP"])
@pytest.mark.parametrize("chart", ["standard", "empty"])
async def test_standard_and_chart_can_be_chosen_and_a_first_invoice_balances(
    tmp_path: Path, standard: str, chart: str
) -> None:
    async with practice(tmp_path) as one:
        choices = Choices(accounting_standard=standard, chart_of_accounts=chart, currency="chf")
        made = await make(one, "Harbour Bakery", choices=choices)
        assert made.created is not None
        assert made.profile.accounting_standard == standard.lower().replace(" ", "_")
        assert (made.profile.chart_of_accounts, made.profile.currency) == (chart, "CHF")
        books = one.books(made.created)
        accounts = (await books.read(load_organization_layer))["accounts"]
        assert (len(accounts) > 20) is (chart == "standard")
        issued = await one.issue(books, (await one.customer(books)).id)
        assert issued.document.currency == "CHF"


async def test_tax_system_none_charges_no_tax_and_says_why(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        made = await make(one, "Harbour Bakery", "DE", choices=Choices(tax_system="none"))
        assert made.created is not None
        assert (await details(one, made)).tax_codes[0].code == "NO-TAX"
        books = one.books(made.created)
        document = (await one.issue(books, (await one.customer(books)).id)).document
        assert (document.tax_minor, document.total_minor) == (0, document.net_minor)
        assert document.taxes[0].reason_local == "Steuerfrei nach § 19 UStG (Kleinunternehmer)"


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        (Choices(accounting_standard="hgb"), "accounting_standard"),
        (Choices(chart_of_accounts="skr03"), "chart_of_accounts"),
        (Choices(tax_system="us_sales_tax"), "tax_system"),
        (Choices(currency="XXQ"), "currency"),
    ],
)
async def test_choices_that_do_not_exist_are_refused_and_leave_nothing(
    tmp_path: Path, choices: Choices, field: str
) -> None:
    async with practice(tmp_path) as one:
        before = stored(one)
        refused = await refusal(make(one, "Harbour Bakery", choices=choices))
        assert (type(refused), refused.field) == (InvalidInput, field)
        for name, country in (("Harbour Bakery", "XX"), ("Harbour Bakery", ""), (" \u200b ", "GB")):
            assert isinstance(await refusal(make(one, name, country)), InvalidInput)
        assert stored(one) == before


# Copies


async def configured(one: Practice) -> None:
    """Give the practice what a copy could take along by mistake, and an account of its own."""
    changes = {
        "iban": "GB33BUKB20201555555555",
        "bank_name": "Barclays",
        "tax_number": "GB980780684",
        "footer": "Ours alone",
        "line1": "1 Chancery Lane",
    }
    books = one.books(one.organization)
    await update_organization(one.office, books, changes)
    customer = await one.customer(books, "Ours alone")
    await save_item(books, {"name": "Ours alone"}, item_id="")
    await one.issue(books, customer.id)
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        connection.execute("INSERT INTO accounts (number, name, type) VALUES ('4777', 'Filing fees', 'income')")


async def test_a_copy_takes_the_practices_settings_and_nothing_that_is_its_own(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await configured(one)
        made = await make(one, "Harbour Bakery", copy_from=one.organization.handle.upper())
        assert states_by_layer(made.outcomes) == {"schema": "created", "organization": "copied", "entity": "copied"}
        assert made.created is not None
        books = one.books(made.created)
        theirs = await one.books(one.organization).read(load_organization_layer)
        assert await books.read(load_organization_layer) == theirs
        assert copied_in_all(made.outcomes)["accounts"] == len(theirs["accounts"])
        assert copied_in_all(made.outcomes)["tax_codes"] == len(theirs["tax_codes"]) > 0
        assert copied_in_all(made.outcomes)["posting_profiles"] == 1
        shown = await details(one, made)
        assert shown.settings.sources == {"organization": one.organization.handle, "entity": one.organization.handle}
        profile = shown.profile
        assert (profile.iban, profile.bank_name, profile.tax_number, profile.footer, profile.line1) == ("",) * 5
        assert (shown.counts.customers, shown.counts.items, shown.counts.documents) == (0, 0, 0)
        first = await one.issue(books, (await one.customer(books)).id)
        assert first.document.number.endswith("-00001"), "the series' state is never copied"


async def test_a_copy_from_another_client_takes_its_posting_and_the_practices_chart(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await configured(one)
        finch = await one.client("Finch Studio", copy_from=one.organization.handle)
        with raw(folder_of(one.books(finch)) / BOOKS_FILE) as connection:
            connection.execute("UPDATE posting_profiles SET revenue = '4777'")
        made = await make(one, "Harbour Bakery", copy_from=finch.handle)
        assert made.created is not None
        assert (states_by_layer(made.outcomes)["entity"], made.notes) == ("copied", ())
        entity = await one.books(made.created).read(load_entity_layer)
        assert entity["posting_profiles"][0].posting.revenue == "4777"
        provenance = (await details(one, made)).settings.sources
        assert provenance == {"organization": one.organization.handle, "entity": finch.handle}
        # The client's own people are not told of the practice's other clients.
        theirs = await colleague(one, made.created, "owner")
        told = await sources_told(theirs, await details(one, made))
        assert set(told.settings.sources.values()) == {ANOTHER}
        assert (await sources_told(one.office, await details(one, made))).settings.sources == provenance
        plain = await make(one, "Plain", copy_from=finch.handle, copy_entity_configuration=False)
        assert plain.created is not None
        assert states_by_layer(plain.outcomes)["entity"] == "skipped"
        assert copied_in_all(plain.outcomes)["posting_profiles"] == 0
        assert (await one.books(plain.created).read(load_entity_layer))["posting_profiles"][0].posting.revenue != "4777"


async def test_an_entity_layer_that_does_not_fit_leaves_the_organization_with_a_note(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await one.client("Finch Studio", copy_from=one.organization.handle)
        with raw(folder_of(one.books(finch)) / BOOKS_FILE) as connection:
            connection.execute("INSERT INTO accounts (number, name, type) VALUES ('4888', 'Own account', 'income')")
            connection.execute("UPDATE posting_profiles SET revenue = '4888'")
        made = await make(one, "Harbour Bakery", copy_from=finch.handle)
        assert states_by_layer(made.outcomes) == {"schema": "created", "organization": "copied", "entity": "failed"}
        assert made.created is not None
        (_, note) = made.notes
        assert finch.handle in note.text
        assert "4888" in note.text
        books = one.books(made.created)
        assert (await details(one, made)).settings.sources["entity"] == one.organization.handle
        assert (await one.issue(books, (await one.customer(books)).id)).position == 1


async def test_a_copy_across_countries_takes_tax_from_the_country_and_says_so(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await configured(one)
        made = await make(one, "Φούρνος", "GR", copy_from=one.organization.handle)
        shown = await details(one, made)
        assert (copied_in_all(made.outcomes)["tax_codes"], copied_in_all(made.outcomes)["tax_authorities"]) == (0, 0)
        assert copied_in_all(made.outcomes)["accounts"] > 20
        note, *mandates = made.notes
        assert "Greece" in note.text
        assert all(one.text.startswith("Mandate gr-") for one in mandates)
        assert one.organization.handle in note.text
        assert made.created is not None
        codes = await one.books(made.created).read(load_tax_codes)
        assert next(one_code for one_code in codes if one_code.is_default).rates[-1].percent == 24
        profile = shown.profile
        assert (profile.tax_system, profile.currency, profile.time_zone) == ("eu_vat", "EUR", "Europe/Athens")


async def test_a_copy_leaves_no_room_for_choices_that_come_with_it(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        handle = one.organization.handle
        refused = await refusal(make(one, "Bakery", copy_from=handle, choices=Choices(chart_of_accounts="empty")))
        assert (type(refused), refused.field) == (InvalidInput, "chart_of_accounts")
        made = await make(one, "Bakery", copy_from=handle, choices=Choices(currency="EUR"))
        assert made.profile.currency == "EUR"


async def test_another_practices_organization_cannot_be_copied_and_answers_like_none(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        _, foreign = await another_practice(one)
        before = stored(one)
        refused = await refusal(make(one, "Harbour Bakery", copy_from="rival-sandbox"))
        absent = await refusal(make(one, "Harbour Bakery", copy_from="nobody-sandbox"))
        assert isinstance(refused, NotFound)
        assert refused.message == absent.message.replace("nobody", "rival")
        # Not even by someone who belongs to both: a practice's settings are not the other's to give away.
        user = one.principal.user_id
        await one.store.directory.write(lambda db: users.add_membership(db, user, foreign.id, Role.OWNER))
        request = ClientRequest(
            name="Harbour Bakery", country="GB", partner=one.organization.handle, copy_from="rival-sandbox"
        )
        assert isinstance(await refusal(create_client_organization(one.office, request)), NotFound)
        assert (await refusal(make(one, "Harbour Bakery"))).field == "partner", "now it must say for which practice"
        assert stored(one)[1] == before[1]


# Dry runs


@pytest.mark.parametrize("copied", [False, True])
async def test_a_dry_run_tells_what_would_be_and_creates_nothing(tmp_path: Path, copied: bool) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        copy_from = one.organization.handle if copied else ""
        before = stored(one)
        dry = await make(one, "Harbour Bakery", "FR", copy_from=copy_from, dry_run=True)
        assert dry.created is None
        assert dry.handle == "harbour-bakery-2-sandbox"
        assert isinstance(await refusal(make(one, "Harbour Bakery", "XX", dry_run=True)), InvalidInput)
        assert stored(one) == before
        done = await make(one, "Harbour Bakery", "FR", copy_from=copy_from)
        assert done.created is not None
        assert replace(done, created=None) == dry


# Handles


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ελαιώνας Κρήτης", "elaionas-kritis-sandbox"),
        ("Пекарня «Булка»", "pekarnya-bulka-sandbox"),
        ("東京ベーカリー", "dongjingbekari-sandbox"),
        ("Café & Zoë — Ltd.", "cafe-zoe-ltd-sandbox"),
        ("🥐", "croissant-sandbox"),
        ("Foo Sandbox", "foo-sandbox-sandbox"),
    ],
)
async def test_names_of_every_script_become_handles(tmp_path: Path, name: str, handle: str) -> None:
    async with practice(tmp_path) as one:
        made = await one.client(name)
        assert (made.handle, made.name) == (handle, name)


@pytest.mark.parametrize("name", ["K", "!!!", "…"])
async def test_a_name_that_gives_no_handle_gets_a_random_one(tmp_path: Path, name: str) -> None:
    async with practice(tmp_path) as one:
        handle = (await one.client(name)).handle
        assert handle.startswith("org-")
        assert handle.endswith("-sandbox")
        assert len(handle) > len("org--sandbox")


async def test_names_may_repeat_and_handles_get_a_suffix_even_when_made_at_once(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        made = await asyncio.gather(*(one.client("Finch Studio") for _ in range(4)))
        wanted = {"finch-studio-sandbox", *(f"finch-studio-{number}-sandbox" for number in (2, 3, 4))}
        assert {each.handle for each in made} == wanted
        live = await make(one, "Finch Studio", environment=Environment.LIVE)
        assert live.handle == "finch-studio"
        assert (await make(one, "Other", handle="Finch-Studio")).handle == "finch-studio-5-sandbox"


async def test_a_long_handle_is_cut_to_63_characters_suffix_included(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        longest = "a" * 55
        handles = [(await make(one, "Long", handle=longest)).handle for _ in range(3)]
        assert handles == [f"{longest}-sandbox", f"{'a' * 53}-2-sandbox", f"{'a' * 53}-3-sandbox"]
        assert all(len(handle) == 63 for handle in handles)
        for name in ("b" * 120, "b-" * 60):
            handle = (await one.client(name)).handle
            assert len(handle) <= 63
            assert handle.endswith("b-sandbox")


@pytest.mark.parametrize("handle", ["k", "K", "k-sandbox", "-a", "a_b", "a b", "ä", "-sandbox", "a/../b", "a" * 64])
async def test_handles_of_another_form_and_the_reserved_one_are_refused(tmp_path: Path, handle: str) -> None:
    async with practice(tmp_path) as one:
        refused = await refusal(make(one, "Harbour Bakery", handle=handle))
        assert (type(refused), refused.field) == (InvalidInput, "handle")


async def test_no_live_handle_ends_like_a_sandboxes(tmp_path: Path) -> None:
    """Found while testing: a live organization called Foo Sandbox was given the handle foo-sandbox."""
    async with practice(tmp_path) as one:
        live = Environment.LIVE
        refused = await refusal(make(one, "Foo", handle="foo-sandbox", environment=live))
        assert (type(refused), refused.field) == (InvalidInput, "handle")
        assert (await make(one, "Foo Sandbox", environment=live)).handle == "foo-sandbox-live"


# Who may


async def test_a_member_limited_to_some_clients_creates_none(tmp_path: Path) -> None:
    """Found while testing: the maker could not reach what it had made, and was told of a defect."""
    async with practice(tmp_path) as one:
        office = await colleague(one, one.organization, "accountant", all_clients=False)
        before = stored(one)
        refused = await refusal(create_client_organization(office, ClientRequest(name="Harbour Bakery", country="GB")))
        assert isinstance(refused, NotAllowed)
        assert stored(one) == before


async def test_an_archived_practice_takes_no_new_clients(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        archive(one, one.organization)
        assert isinstance(await refusal(make(one, "Harbour Bakery")), NotAllowed)
        assert isinstance(await refusal(make(one, "Harbour Bakery", partner=one.organization.handle)), Conflict)


async def test_a_business_that_is_no_practice_has_no_clients(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        office, business = await another_practice(one, kind=OrganizationKind.STANDARD)
        before = stored(one)
        for partner in ("", business.handle):
            request = ClientRequest(name="Harbour Bakery", country="GB", partner=partner)
            assert isinstance(await refusal(create_client_organization(office, request)), NotAllowed | NotFound)
        assert stored(one) == before
