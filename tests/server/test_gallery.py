"""The gallery, in which each page is looked at, has a place for each page."""

from __future__ import annotations

from pathlib import Path

from server.pages.identity.routes import routes as identity_routes
from server.pages.routes import pages
from server.pages.visiting import Desk
from tests.support.gallery import NO_PAGES, OF_NO_ORGANIZATION, PRACTICE, is_shown
from tests.support.page_areas import AREAS
from tests.support.practice import practice

_ROOMS = ("/o/{handle}", "/practice/{handle}")


async def test_every_page_has_its_place_in_the_gallery(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        desk = Desk.of(one.office)
        routes = [*pages(desk), *identity_routes(desk)]
    paths = {route.path for route in routes if "GET" in (route.methods or ())}
    of_organizations = {path.removeprefix(room) for path in paths for room in _ROOMS if path.startswith(room)}
    shown = {below for area in AREAS for below in area.gallery}
    assert of_organizations - shown == set(), "pages that nobody looks at: see Area.gallery"
    assert shown - of_organizations == set(), "no such pages"
    others = [path for path in paths if not path.startswith(_ROOMS)]
    assert [path for path in others if path not in NO_PAGES and not is_shown(path, list(OF_NO_ORGANIZATION))] == []


def test_each_address_of_the_gallery_is_of_the_page_at_which_it_stands() -> None:
    for area in AREAS:
        for below, addresses in area.gallery.items():
            for address in addresses:
                assert is_shown(below, [f"/{address.removeprefix(PRACTICE)}".rstrip("/")]), (below, address)
