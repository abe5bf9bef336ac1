"""Branding and policy as parts of the configuration: the fields of the profile, by the same rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, ClientMay, CredentialKind
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from operations.access import Office
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.invoices import get_invoice
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from storage.books.profile import load_profile
from tests.operations.test_branding import RED, text_of
from tests.operations.test_rights import bearer_in
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books

    async def save(
        self, part: Part, values: Mapping[str, str], *, code: str = "", office: Office | None = None
    ) -> Entry:
        office = office or self.one.office
        # What the office sees of the organization, opened as far as saving opens it.
        seen = replace(self.books, organization=await as_seen_by(office, self.books.organization))
        entry = await save_entry(office, seen, part, Change(code=code, values=values))
        assert entry is not None
        return entry

    async def entry(self, part: Part) -> Entry:
        (entry,) = (await get_entries(self.one.office, self.books, part, cursor="", limit=9)).items
        return entry


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        yield Desk(one, one.books(one.first_client))


async def test_branding_changes_how_later_documents_look_and_none_that_was_issued(desk: Desk) -> None:
    customer = (await desk.one.customer(desk.books)).id
    before = (await desk.one.issue(desk.books, customer)).document
    saved = await desk.save(
        Part.BRANDING, {"brand_color": "#cc0000", "footer": "Open from six", "second_language": "fr"}
    )
    assert saved == await desk.entry(Part.BRANDING)
    assert (saved.code, saved.values["brand_color"], saved.values["footer"]) == ("branding", "#CC0000", "Open from six")
    assert (await desk.one.issue(desk.books, customer)).document.footer == "Open from six"
    assert (await get_invoice(desk.books, before.id)).document == before
    await desk.save(Part.BRANDING, {"footer": "", "brand_color": " "}, code="branding")
    profile = await desk.books.read(load_profile)
    assert (profile.footer, profile.brand_color, profile.second_language) == ("", "", "fr")
    assert (await verify_books(desk.books)).problem == ""


async def test_a_logo_is_shown_and_removed_and_comes_as_a_file(desk: Desk) -> None:
    await update_organization(desk.one.office, desk.books, {"logo": text_of(RED)})
    kept = (await desk.entry(Part.BRANDING)).values["logo"]
    assert kept
    with pytest.raises(InvalidInput, match="comes as a file"):
        await desk.save(Part.BRANDING, {"logo": text_of(RED)})
    await desk.save(Part.BRANDING, {"logo": kept, "footer": "With a logo"})
    assert (await desk.save(Part.BRANDING, {"logo": ""})).values["logo"] == ""


async def test_policy_says_how_prices_are_meant_and_what_a_client_may(desk: Desk) -> None:
    customer = (await desk.one.customer(desk.books)).id
    before = (await desk.one.issue(desk.books, customer)).document
    values = {"prices_include_tax": "true", "rounding": "per_line", "future_days": "5", "client_may": "draft policy"}
    saved = await desk.save(Part.POLICY, values)
    assert values.items() <= saved.values.items()
    issued = (await desk.one.issue(desk.books, customer)).document
    assert (issued.prices_include_tax, issued.rounding) == (True, "per_line")
    assert (await get_invoice(desk.books, before.id)).document == before
    seen = await as_seen_by(desk.one.office, desk.books.organization)
    assert seen.client_may == {ClientMay.DRAFT, ClientMay.POLICY}
    change = (await get_history(desk.books, cursor="", limit=1)).items[0]
    assert change.detail["changed"] == {
        "prices_include_tax": ["False", "True"],
        "rounding": ["sum_of_lines", "per_line"],
        "future_days": ["0", "5"],
        "client_may": ["", "draft policy"],
    }


async def test_each_field_asks_for_its_own_right_and_what_stays_asks_for_none(desk: Desk) -> None:
    owner = await colleague(desk.one, desk.books.organization, "owner")
    key = (await bearer_in(desk.one, desk.books.organization, CredentialKind.KEY)).office
    assert key.principal.scopes == EVERYTHING
    for office in (owner, key):
        await desk.save(Part.BRANDING, {"footer": f"By {office.principal.label[:9]}"}, office=office)
        with pytest.raises(NotAllowed) as refused:
            await desk.save(Part.POLICY, {"rounding": "per_line"}, office=office)
        assert refused.value.field == "rounding"
        shown = (await desk.entry(Part.POLICY)).values
        assert (await desk.save(Part.POLICY, shown, office=office)).values == shown
    await desk.save(Part.POLICY, {"client_may": "policy"})
    await desk.save(Part.POLICY, {"rounding": "per_line"}, office=owner)
    with pytest.raises(NotAllowed):
        await desk.save(Part.POLICY, {"rounding": "sum_of_lines"}, office=key)


@pytest.mark.parametrize(
    ("part", "values", "kind", "field"),
    [
        (Part.BRANDING, {"brand_color": "reddish"}, InvalidInput, "brand_color"),
        (Part.BRANDING, {"second_language": "tlh"}, InvalidInput, "second_language"),
        (Part.BRANDING, {"iban": "GB33BUKB20201555555555"}, InvalidInput, "values"),
        (Part.BRANDING, {}, InvalidInput, "values"),
        (Part.POLICY, {"rounding": ""}, InvalidInput, "rounding"),
        (Part.POLICY, {"payment_qr": "perhaps"}, InvalidInput, "values"),
        (Part.POLICY, {"future_days": "soon"}, InvalidInput, "future_days"),
        (Part.POLICY, {"future_days": "400"}, InvalidInput, "future_days"),
        (Part.POLICY, {"client_may": "anything"}, InvalidInput, "client_may"),
        (Part.POLICY, {"named_writes": "off"}, Conflict, "named_writes"),
        (Part.POLICY, {"rounding": "per_line"}, NotFound, "code"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(
    desk: Desk, part: Part, values: dict[str, str], kind: type[Refusal], field: str
) -> None:
    with pytest.raises(kind) as refused:
        await desk.save(part, values, code="other" if kind is NotFound else "")
    assert refused.value.field == field
    with pytest.raises(InvalidInput) as withdrawn:
        await save_entry(desk.one.office, desk.books, part, Change(code="", withdraw=True))
    assert withdrawn.value.field == "withdraw"
