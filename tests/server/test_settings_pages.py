"""The settings of an organization in rooms: seen by who may read, changed by who may change each."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from PIL import Image

from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.document.drafting import RequestedDocument, RequestedLine
from operations.drafts import DraftRequest, draft_invoice
from operations.identity import browsing
from server.pages.settings.described import PARTS_BY_ROOM
from server.pages.settings.frame import GROUPS
from server.pages.settings.words import room_meaning, room_word
from tests.support.http import BAKERY, house
from tests.support.people import colleague
from tests.support.visits import heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/settings"
PRACTICE = "/practice/ledger-co-sandbox/settings"


async def test_the_policy_is_changed_by_who_may_and_told_to_who_may_not(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        listed = await owner.get(PLACE)
        assert heading_of(listed) == "Settings"
        assert f'href="{PLACE}/policy"' in listed.text
        fields: dict[str, str | list[str]] = {
            "prices_include_tax": "true",
            "rounding": "per_line",
            "tax_due": "payment",
            "small_business": "false",
            "mandates": "warn",
            "future_days": "14",
            "payment_qr": "true",
            "write_off_limit": "2.5",
            "client_may": ["draft", "periods"],
            "ticked": "client_may",
        }
        done = await owner.post(f"{PLACE}/policy", **fields)
        assert (done.status_code, done.headers["location"]) == (303, f"{PLACE}/policy?saved=yes")
        page = await owner.get(done.headers["location"])
        assert "Saved." in text_of(page)
        ticked = re.findall(r'name="(\w+)" value="(\w+)" checked', page.text)
        assert ("prices_include_tax", "true") in ticked
        assert {value for name, value in ticked if name == "client_may"} == {"draft", "periods"}
        assert 'name="named_writes"' not in page.text, "at a client it is the practice's"
        wrong = await owner.post(f"{PLACE}/policy", **fields | {"future_days": "soon", "write_off_limit": "3"})
        assert wrong.status_code == 400
        assert re.search(r'id="future_days"[^>]*value="soon"[^>]*aria-invalid="true" autofocus', wrong.text)
        assert 'value="3"' in wrong.text, "what was typed is kept"
        seen = await viewer.get(f"{PLACE}/policy")
        assert "Dates ahead" in text_of(seen)
        assert "14 days" in text_of(seen)
        assert not re.findall(r'name="(?:future_days|rounding|client_may)"', seen.text)
        assert (await viewer.post(f"{PLACE}/policy", **fields)).status_code == 403
        assert "14 days" in text_of(await viewer.get(f"{PLACE}/policy"))


async def test_the_signature_of_a_person_is_switched_on_here_and_off_on_a_page_of_its_own(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        assert 'name="human_approval"' in (await owner.get(f"{PRACTICE}/policy")).text
        on = {"human_approval": "live", "named_writes": "always"}
        assert (await owner.post(f"{PRACTICE}/policy", **on)).status_code == 303
        page = await owner.get(f"{PRACTICE}/policy")
        assert 'name="human_approval"' not in page.text
        assert 'href="/practice/ledger-co-sandbox/approvals/human_approval"' in page.text
        await owner.post(f"{PRACTICE}/policy", named_writes="always", human_approval="off")
        assert "Asked for in live organizations" in text_of(await owner.get(f"{PRACTICE}/policy"))
        client = text_of(await owner.get(f"{PLACE}/policy"))
        assert client.count("The practice decides this for all its clients.") == 2


async def test_what_is_missing_is_filled_in_right_where_it_is_said(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        place = f"{PLACE}/profile"
        page = await owner.get(place)
        assert "Missing before it can go live" in text_of(page)
        assert page.text.count('id="iban"') == 1, "it is asked for once"
        assert "Please fill in for Harbour Bakery: Street and number, " in text_of(page)
        assert f"{home.site.url}{place}" in text_of(page)
        assert "The bank account is the practice's to change" in text_of(page)
        assert "Please fill in" not in (await owner.get(f"{PRACTICE}/profile")).text
        seen = await viewer.get(place)
        assert "Please fill in" not in seen.text
        assert "Missing before it can go live" in text_of(seen)
        assert 'name="iban"' not in seen.text
        given = {"line1": "1 Quay", "city": "Hull", "postal_code": "HU1 1AA", "vat_registration": "not_registered"}
        wrong = await owner.post(place, **given, iban="GB00 1234", part="business")
        assert wrong.status_code == 400
        assert re.search(r'id="iban"[^>]*value="GB00 1234"[^>]*aria-invalid="true" autofocus', wrong.text)
        assert 'value="1 Quay"' in wrong.text
        assert (await viewer.post(place, **given, part="business")).status_code == 403
        done = await owner.post(place, **given, iban="GB33BUKB20201555555555", part="business")
        assert done.headers["location"] == f"{place}?saved=yes"
        page = await owner.get(place)
        assert "Nothing is missing to go live." in text_of(page)
        assert 'value="GB33BUKB20201555555555"' in page.text
        await owner.post(place, legal_form="Ltd", part="particulars")
        stated = {"legal_form": "Ltd", "registered_in": "Wales", "register_number": "12 34", "part": "particulars"}
        wrong = await owner.post(place, **stated)
        assert wrong.status_code == 400
        assert re.search(r'id="register_number"[^>]*value="12 34"[^>]*aria-invalid="true"', wrong.text)
        assert (await owner.post(place, **stated | {"register_number": "01234567"})).status_code == 303
        assert 'value="01234567"' in (await owner.get(place)).text


async def test_documents_are_shown_as_they_would_look_before_that_is_kept(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        place = f"{PLACE}/branding"
        before = (await owner.get(f"{place}/picture")).content
        assert before.startswith(b"\x89PNG")
        look = {"colored": "yes", "brand_color": "#c03020", "second_language": "fr", "footer": "Open daily"}
        tried = await owner.post(f"{place}/sample", **look)
        assert tried.headers["x-part"] == "1"
        assert "data:image/png;base64," in tried.text
        assert "at most" in (await owner.post(f"{place}/sample", **look | {"footer": "x" * 501})).text
        whole = await owner.post(place, **look, act="look")
        assert re.search(r'name="brand_color" value="#c03020"', whole.text)
        assert "data:image/png;base64," in whole.text
        assert len(whole.content) < 150_000
        assert (await owner.get(f"{place}/picture")).content == before, "nothing was kept yet"
        assert (await viewer.post(place, **look)).status_code == 403
        assert (await owner.post(place, **look, payment_qr="yes")).status_code == 303
        assert (await owner.get(f"{place}/picture")).content != before
        seen = await viewer.get(place)
        assert "Open daily" in text_of(seen)
        assert 'name="footer"' not in seen.text


async def test_a_page_of_the_look_that_is_older_undoes_nothing_that_was_changed_meanwhile(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        place = f"{PLACE}/branding"
        first = {"footer": "Open daily", "second_language": "fr", "payment_qr": "yes"}
        assert (await owner.post(place, **first)).status_code == 303
        older = await owner.get(place)
        marks = dict(re.findall(r'name="(was_\w+)" value="(\w*)"', older.text))
        assert (await owner.post(place, **first | {"footer": "Closed", "payment_qr": ""})).status_code == 303
        # It changes one field, and leaves the others as they stood on it.
        assert (await owner.post(place, **first | marks | {"second_language": "de"})).status_code == 303
        now = await owner.get(place)
        assert ">Closed</textarea>" in now.text
        assert re.search(r'value="de" selected', now.text)
        assert not re.search(r'name="payment_qr"[^>]*checked', now.text)
        refused = await owner.post(place, **first | marks | {"footer": "Never open"})
        assert refused.status_code == 409
        assert "Foot of documents was changed by somebody else since this page was opened, to: Closed" in text_of(
            refused
        )
        assert ">Never open</textarea>" in refused.text
        # Shown without script in between, the page is as old as it was.
        shown = await owner.post(place, **first | marks | {"footer": "Never open"}, act="look")
        assert dict(re.findall(r'name="(was_\w+)" value="(\w*)"', shown.text)) == marks
        again = dict(re.findall(r'name="(was_\w+)" value="(\w*)"', refused.text))
        assert (await owner.post(place, **first | again | {"footer": "Never open"})).status_code == 303
        assert ">Never open</textarea>" in (await owner.get(place)).text


async def test_a_logo_is_sent_as_a_file_checked_and_removed(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        place = f"{PLACE}/branding"
        headers = {**owner.cookie, "Origin": home.site.url}
        carried = {"form_key": owner.signed_in.form_key, "organization": home.bakery.id, "mark": browsing.new_mark()}

        async def send(content: bytes, **fields: str) -> int:
            files = {"file": ("logo.png", content, "image/png")}
            answer = await home.site.send("POST", f"{place}/logo", headers=headers, data=carried | fields, files=files)
            return answer.status_code

        drawn = io.BytesIO()
        Image.new("RGB", (80, 30), "#c03020").save(drawn, "PNG")
        assert await send(drawn.getvalue(), form_key="another") == 403
        assert await send(drawn.getvalue(), organization="org_another") == 409
        assert await send(b"<svg/>") == 400
        assert await send(b"") == 400
        assert await send(b"x" * (LOGO_BYTES_MAX + 1)) == 413
        assert "Add the logo" in text_of(await owner.get(place))
        assert await send(drawn.getvalue()) == 303
        assert "Replace the logo" in text_of(await owner.get(place))
        assert (await owner.post(place, act="remove_logo")).status_code == 303
        assert "Add the logo" in text_of(await owner.get(place))


async def test_a_month_is_closed_and_opened_on_a_page_that_says_what_is_in_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books, place = home.one.books(home.bakery), f"{PLACE}/periods"
        customer = await home.one.customer(books)
        await home.one.issue(books, customer.id, quantity="40")
        home.one.clock.advance(timedelta(days=31))
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        line = RequestedLine(quantity=Decimal(1), description="Late", unit_price=Decimal(10))
        late = RequestedDocument(customer=customer.id, lines=(line,), issue_date=date(2026, 3, 20))
        await draft_invoice(books, DraftRequest(document=late))
        listed = text_of(await owner.get(place)).replace("\u00a0", " ")
        assert "April 2026 Not over yet" in listed
        assert "March 2026 Open 1 600.00 GBP Close the month" in listed
        page = await owner.get(f"{place}/2026-03?verify=yes")
        assert "Documents verified: 1;" in text_of(page)
        assert "1 draft is dated in these months" in text_of(page)
        assert "Close March 2026 for Harbour Bakery" in text_of(page)
        (seen,) = re.findall(r'name="seen" value="([^"]+)"', page.text)
        close = {"act": "close", "seen": seen, "reason": "VAT return sent"}
        assert "Tick each warning" in (await owner.post(f"{place}/2026-03", **close)).text
        assert (await viewer.get(f"{place}/2026-03")).status_code == 404
        assert (await viewer.post(f"{place}/2026-03", **close, warning="drafts")).status_code == 404
        assert (await owner.get(f"{place}/2026-04")).status_code == 404
        assert (await owner.post(f"{place}/2026-03", **close, warning="drafts")).status_code == 303
        listed = text_of(await viewer.get(place))
        assert "March 2026 Closed" in listed
        assert "VAT return sent" in listed
        assert (await owner.post(f"{place}/2026-03", **close, warning="drafts")).status_code == 409
        page = await owner.get(f"{place}/2026-03")
        assert heading_of(page) == "Open March 2026 again"
        again = {"act": "open", "seen": "0 0 1"}
        assert (await owner.post(f"{place}/2026-03", **again)).status_code == 400
        assert (await owner.post(f"{place}/2026-03", **again, reason="A bill came late")).status_code == 303
        assert "March 2026 Open" in text_of(await owner.get(place))


async def test_a_sandbox_goes_live_on_a_page_that_says_what_goes_along_and_what_stays(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        books, place = home.one.books(home.bakery), f"{PLACE}/go-live"
        await home.one.customer(books)
        listed = await owner.get(PLACE)
        assert f'href="{place}"' in listed.text
        assert "/settings/go-live" not in (await viewer.get(PLACE)).text
        assert (await viewer.get(place)).status_code == 404
        assert "Something is missing yet." in text_of(await owner.get(place))
        assert (await owner.post(place, handle="harbour-bakery")).status_code == 409
        given = {"line1": "1 Quay", "city": "Hull", "postal_code": "HU1 1AA", "vat_registration": "not_registered"}
        await owner.post(f"{PLACE}/profile", **given, iban="GB33BUKB20201555555555")
        page = await owner.get(place)
        assert 'name="handle" type="text" value="harbour-bakery"' in page.text
        assert re.search(r"What goes along Customers [1-9]", text_of(page))
        assert "Make Harbour Bakery live" in text_of(page)
        wrong = await owner.post(place, handle="Not a handle!")
        assert wrong.status_code in (400, 409)
        assert 'value="Not a handle!"' in wrong.text
        done = await owner.post(place, handle="harbour-bakery")
        assert done.headers["location"] == "/o/harbour-bakery/settings?live=yes"
        assert "Harbour Bakery is live." in text_of(await owner.get(done.headers["location"]))
        assert "Archived" in (await owner.get(PLACE)).text
        assert (await owner.get(place)).status_code == 404
        assert 'name="iban"' not in (await owner.get(f"{PLACE}/profile")).text


async def test_an_organization_is_archived_and_brought_back_by_who_answers_for_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        place = f"{PLACE}/archive"
        assert (await viewer.post(place, act="archive")).status_code == 404
        assert "Archive Harbour Bakery" in text_of(await owner.get(place))
        assert (await owner.post(place, act="archive")).headers["location"] == PLACE
        assert "Archived: it can be read, not changed" in (await owner.get(PLACE)).text
        assert (await owner.post(f"{PLACE}/policy", rounding="per_line")).status_code == 409
        assert "Bring Harbour Bakery back" in text_of(await owner.get(place))
        await owner.post(place, act="bring_back")
        assert "Archived:" not in (await owner.get(PLACE)).text
        refused = await owner.post(f"{PRACTICE}/archive", act="archive")
        assert refused.status_code == 409
        assert "has clients" in text_of(refused)


def test_every_part_of_the_configuration_has_its_room() -> None:
    rooms = [name for group in GROUPS.values() for name in group]
    assert set(PARTS_BY_ROOM) <= set(rooms)
    assert len(rooms) == len(set(rooms))
    assert all(room_word(name) and room_meaning(name) for name in rooms)


async def test_how_documents_of_a_mandate_are_handed_in_is_put_on_record_and_withdrawn(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        client = await home.one.client("Forno Rossi", "IT")
        place = f"/o/{client.handle}/settings/mandates"
        owner = await sign_in(home.site, home.one.office)
        viewer = await sign_in(home.site, await colleague(home.one, client, "viewer"))
        shown = await owner.get(place)
        assert "A PDF is only a copy" in text_of(shown)
        code = "it-sdi"
        assert f'name="code" value="{code}"' in shown.text
        refused = await owner.post(place, code=code, handed_in=" ")
        assert (refused.status_code, f'href="#handed_in-{code}"' in refused.text) == (400, True)
        assert (await owner.post(place, code="no-such", handed_in="by Ana")).status_code == 400
        assert (await owner.post(place, code=code, handed_in="By our <provider>")).status_code == 303
        kept = await owner.get(place)
        assert "Handed in By our <provider> 2026-03-16, owner@example.com" in text_of(kept)
        assert "<provider>" not in kept.text
        reading = await viewer.get(place)
        assert (reading.status_code, 'name="handed_in"' in reading.text) == (200, False)
        assert (await viewer.post(place, code=code, handed_in="x")).status_code == 404
        assert (await owner.post(place, code=code, act="withdraw")).status_code == 303
        assert "Handed in By" not in text_of(await owner.get(place))
        assert (await owner.post(place, code=code, act="withdraw")).status_code == 409
        assert "No law takes another form" in text_of(await owner.get(f"{PLACE}/mandates"))


async def test_an_older_page_of_profile_and_policy_undoes_nothing(tmp_path: Path) -> None:
    def marks(page: str) -> dict[str, str]:
        return dict(re.findall(r'name="(was_[a-z_]+)" value="([0-9a-f]+)"', page))

    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        profile, policy = f"{PLACE}/profile", f"{PLACE}/policy"
        old = marks((await owner.get(profile)).text)
        assert (await owner.post(profile, city="Bristol", line1="")).status_code == 303
        # What the older page did not touch stays as somebody else has made it; what both have changed is told.
        assert (await owner.post(profile, **old, city="", line1="7 Quayside")).status_code == 303
        assert {"Bristol", "7 Quayside"} <= set(re.findall(r'value="([^"]*)"', (await owner.get(profile)).text))
        clash = await owner.post(profile, **old, city="Bath")
        assert (clash.status_code, "changed by somebody else" in clash.text) == (409, True)
        assert 'value="Bath"' in clash.text
        old = marks((await owner.get(policy)).text)
        assert (await owner.post(policy, rounding="per_line", future_days="9")).status_code == 303
        kept = {"rounding": "sum_of_lines", "future_days": "9", "payment_qr": "true", "write_off_limit": "3"}
        assert (await owner.post(policy, **old, **kept)).status_code == 303
        assert re.search(r'value="per_line" checked', (await owner.get(policy)).text)
        assert (await owner.post(policy, **old, future_days="30")).status_code == 409
