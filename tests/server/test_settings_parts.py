"""The parts of the configuration on pages: every one can be looked at, added to, changed and taken out of use."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from operations.configuration.configuring import PARTS
from server.pages.settings.described import DESCRIBED, slug_of
from tests.support.http import BAKERY, House, house
from tests.support.people import colleague
from tests.support.visits import Visit, sign_in, text_of

SETTINGS = f"/o/{BAKERY}/settings"
PRACTICE = "/practice/ledger-co-sandbox"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as served:
        yield served


@pytest.fixture
async def owner(home: House) -> Visit:
    return await sign_in(home.site, home.one.office)


def test_what_is_described_is_what_there_is() -> None:
    for part, described in DESCRIBED.items():
        # What is no text comes in by a file.
        assert set(described.fields) == set(PARTS[part].fields) - {"base64"}, part
        assert set(described.columns) <= set(described.fields), part
        assert bool(described.withdraw) == bool(described.withdrawing) == bool(PARTS[part].withdrawing), part


async def test_every_part_can_be_looked_at_and_its_entries_opened(owner: Visit) -> None:
    for part, described in DESCRIBED.items():
        place = f"{SETTINGS}/{slug_of(part)}"
        listed = await owner.get(place)
        assert listed.status_code == 200, part
        if described.adds:
            assert (await owner.get(f"{place}/new")).status_code == 200, part
        for address in re.findall(rf'href="({place}/entry\?code=[^"]+)"', listed.text)[:2]:
            opened = await owner.get(unescape(address))
            assert (opened.status_code, 'name="organization"' in opened.text) == (200, True), address
        assert (await owner.get(f"{place}/entry?code=nothing-of-this-code")).status_code == 404, part


async def test_an_entry_is_added_changed_and_taken_out_of_use(owner: Visit) -> None:
    place = f"{SETTINGS}/payment-terms"
    new = {"code": "net10", "name": "10 days net", "days": "ten", "discount_percent": "0", "discount_days": "0"}
    refused = await owner.post(f"{place}/new", **new)
    assert refused.status_code == 400
    assert re.search(r'<input id="days"[^>]*value="ten"[^>]*aria-invalid="true"', refused.text)
    assert 'href="#days"' in refused.text
    assert (await owner.post(f"{place}/new", **{**new, "days": "10", "code": " "})).status_code == 400
    made = await owner.post(f"{place}/new", **{**new, "days": "10"})
    assert (made.status_code, made.headers["location"]) == (303, f"{place}?saved=yes")
    assert "10 days net" in text_of(await owner.get(place))
    # Who adds something changes nothing that is there already.
    there = await owner.post(f"{place}/new", **{**new, "name": "Other terms", "days": "10"})
    assert (there.status_code, "net10 is there already" in there.text) == (400, True)
    assert "10 days net" in text_of(await owner.get(place))
    changed = await owner.post(f"{place}/entry?code=net10", name="Ten days", days="10", default="yes")
    assert changed.status_code == 303
    entry = await owner.get(f"{place}/entry?code=net10")
    assert 'value="Ten days"' in entry.text
    assert re.search(r'name="default" value="yes" checked', entry.text)
    gone = await owner.post(f"{place}/withdraw?code=net10")
    assert (gone.status_code, 'role="alert"' in gone.text) == (409, True)
    assert (
        await owner.post(f"{place}/entry?code=net30", default="yes", name="30 days net", days="30")
    ).status_code == 303
    assert "NET10" in text_of(await owner.get(f"{place}/withdraw?code=net10"))
    assert (await owner.post(f"{place}/withdraw?code=net10")).status_code == 303
    assert "NET10 not in use" in text_of(await owner.get(place))
    unchanged = {"name": "Ten days", "days": "10", "discount_percent": "0", "discount_days": "0"}
    assert (await owner.post(f"{place}/entry?code=net10", **unchanged)).headers["location"] == f"{place}?saved=yes"
    assert "NET10 not in use" not in text_of(await owner.get(place))
    history = text_of(await owner.get(f"{SETTINGS}/history"))
    assert "Payment terms NET10" in history
    assert "Name: 10 days net Ten days" in history
    assert "In use: yes no" in history


async def test_a_page_that_is_older_undoes_nothing_that_somebody_else_has_changed(owner: Visit) -> None:
    at = f"{SETTINGS}/payment-terms/entry?code=net30"

    def shown_in(page: str) -> dict[str, str]:
        found = re.findall(r'<input[^>]*? name="(was_\w+|name|days)"[^>]*? value="([^"]*)"', page)
        # What is ticked is ticked on each of these pages.
        return {**dict(found), "default": "yes"}

    async def fields() -> dict[str, str]:
        page = await owner.get(at)
        return shown_in(page.text)

    older = await fields()
    assert (await owner.post(at, **{**older, "name": "A month"})).status_code == 303
    # Another field is changed on a page that was opened before.
    assert (await owner.post(at, **{**older, "days": "31"})).status_code == 303
    assert {**(await fields())}.items() >= {"name": "A month", "days": "31"}.items()
    refused = await owner.post(at, **{**older, "days": "28"})
    assert (
        refused.status_code,
        "was changed by somebody else" in text_of(refused),
        'href="#days"' in refused.text,
    ) == (
        409,
        True,
        True,
    )
    # Both stand there: what was typed, and what nobody has touched as it is now. Sent once more, it is meant.
    assert re.search(r'<input id="days"[^>]*value="28"', refused.text)
    again = shown_in(refused.text)
    assert (again["name"], (await owner.post(at, **again)).status_code) == ("A month", 303)
    assert (await fields())["days"] == "28"


async def test_what_stays_as_it_was_made_is_not_asked_for_again(owner: Visit) -> None:
    place = f"{SETTINGS}/series"
    made = await owner.post(f"{place}/new", code="SHOP", kind="invoice", pattern="SHOP-{YYYY}-{SEQ:5}", next="12")
    assert made.status_code == 303
    entry = await owner.get(f"{place}/entry?code=SHOP")
    assert 'name="pattern"' not in entry.text
    assert "TEST-SHOP-2026-00012" in entry.text
    # Nothing but what may be changed is taken from a form.
    assert (await owner.post(f"{place}/entry?code=SHOP", pattern="X-{SEQ}", kind="credit_note")).status_code == 303
    assert "TEST-SHOP-2026-00012" in (await owner.get(place)).text


async def test_whoever_may_only_read_sees_values_and_no_form(home: House) -> None:
    one = home.one
    viewer = await sign_in(home.site, await colleague(one, one.organization, "viewer"))
    for address in ("payment-terms/entry?code=net30", "accounts", "history", "drift"):
        shown = await viewer.get(f"{SETTINGS}/{address}")
        assert (shown.status_code, 'method="post">' in shown.text.partition("<main")[2].partition("</main>")[0]) == (
            200,
            False,
        ), address
    for address in ("payment-terms/new", "payment-terms/withdraw?code=net30"):
        assert (await viewer.get(f"{SETTINGS}/{address}")).status_code == 404
    for address in ("payment-terms/new?code=x", "payment-terms/entry?code=net30", "payment-terms/withdraw?code=net30"):
        assert (await viewer.post(f"{SETTINGS}/{address}", code="x", name="x", days="1")).status_code == 404
    assert (await viewer.get(f"{PRACTICE}/push")).status_code == 404


async def test_settings_are_pushed_to_the_clients_that_the_preview_named(home: House, owner: Visit) -> None:
    terms = f"{PRACTICE}/settings/payment-terms"
    assert (await owner.post(f"{terms}/new", code="net10", name="10 days net", days="10")).status_code == 303
    assert (await owner.post(f"{PRACTICE}/push", mode="both")).status_code == 400
    preview = await owner.post(f"{PRACTICE}/push", part="payment_terms", codes="net10", mode="both")
    assert (preview.status_code, BAKERY in preview.text) == (200, True)
    assert "Push it to 2 clients of Ledger &amp; Co" in preview.text
    assert "NET10" not in text_of(await owner.get(f"{SETTINGS}/payment-terms"))
    fields = dict(
        re.findall(r'<input type="hidden" name="(part|codes|clients|mode|mark)" value="([^"]*)"', preview.text)
    )
    assert fields["clients"].split() == [home.finch.handle, BAKERY]
    done = await owner.post(f"{PRACTICE}/push?now=yes", **{**fields, "clients": BAKERY})
    assert (done.status_code, "changed 1" in text_of(done)) == (200, True)
    assert "NET10" in text_of(await owner.get(f"{SETTINGS}/payment-terms"))
    assert "NET10" not in text_of(await owner.get(f"/o/{home.finch.handle}/settings/payment-terms"))
    again = await owner.post(f"{PRACTICE}/push?now=yes", **{**fields, "clients": BAKERY})
    assert again.status_code == 409
    assert (await owner.post(f"{PRACTICE}/push?now=yes", part="payment_terms", clients="")).status_code == 404
    drift = text_of(await owner.get(f"{SETTINGS}/drift"))
    assert "Kinds of documents As it was copied the country's file (GB)" in drift
