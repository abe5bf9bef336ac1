"""On the page of the activity log each page that was looked at is called by words, and so is what a link led to."""

from __future__ import annotations

from pathlib import Path

from server.http import downloads, uploads
from server.pages import nowhere
from server.pages.activity_words import did_word
from server.pages.languages import speaking
from server.pages.routes import pages
from server.pages.visiting import Desk
from tests.support.practice import practice


async def test_each_page_of_an_organization_has_its_words_on_the_log(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        routes = pages(Desk.of(one.office))
    paths = {route.path for route in routes if "{handle}" in route.path} | {f"/o/{{handle}}{nowhere.BELOW}"}
    acts = {f"{method} {path}" for path in paths for method in ("GET", "POST")}
    acts |= {f"GET {downloads.PATH}", f"GET {uploads.PATH}", f"POST {uploads.PATH}"}
    for language in ("en", "de"):
        with speaking(language):
            assert [act for act in acts if "/" in did_word(act) or "{" in did_word(act)] == [], language
    assert did_word("GET /o/{handle}/invoices") == "Looked at: Invoices"
    assert did_word("POST /practice/{handle}/settings/tax-codes/new") == "Form sent: Settings, Tax codes"
    assert did_word("GET /o/{handle}/invoices/drafts/{draft}/issue") == "Looked at: issuing a draft"


def test_what_no_page_of_now_is_called_stays_as_it_was_noted() -> None:
    for act in ("issue_invoice", "GET /o/{handle}/of-old", "GET /o/{handle}/settings/of-old"):
        assert did_word(act) == act
