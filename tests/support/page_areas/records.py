"""Customers and items."""

from __future__ import annotations

from tests.support.page_areas.trying import MINE, Area, Tried


def _routes(room: str) -> dict[str, Tried]:
    def listed(name: str) -> Tried:
        return lambda of: [
            ("GET", f"/{room}/{handle}/{name}?q={one}")
            for handle in (of.handle, of.id, MINE)
            for one in (of.customer, of.canary)
        ]

    return {f"/{room}/{{handle}}/{name}": listed(name) for name in ("customers", "items")}


AREA = Area(
    _routes,
    {
        "/customers": ["customers", "customers?q=nothing", "practice:customers"],
        "/items": ["items", "items?q=nothing", "practice:items"],
    },
)
