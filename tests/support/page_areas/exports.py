"""Exports."""

from __future__ import annotations

from operator import attrgetter

from tests.support.page_areas.trying import Area, Tried, page, page_read


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}/exports"
    one = f"{whole}/{{export}}"
    return {
        whole: page(whole),
        **{at: page_read(at, attrgetter("export")) for at in (one, f"{one}/progress", f"{one}/file")},
    }


AREA = Area(
    _routes,
    {
        "/exports": ["exports", "practice:exports"],
        "/exports/{export}": ["exports/{run}"],
        "/exports/{export}/progress": [],
        "/exports/{export}/file": [],
    },
)
