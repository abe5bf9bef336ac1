"""Imports."""

from __future__ import annotations

from operator import attrgetter

from tests.support.page_areas.trying import Area, Tried, page


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}/import"
    one = f"{whole}/{{import}}"
    tried = {whole: page(whole)} | {at: page(at, attrgetter("upload")) for at in (one, f"{one}/write")}
    return tried


AREA = Area(_routes, {"/import": ["import", "practice:import"], "/import/{import}": ["import/{import}"]})
