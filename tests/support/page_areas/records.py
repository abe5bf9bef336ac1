"""Customers and items."""

from __future__ import annotations

from operator import attrgetter

from tests.support.page_areas.trying import MINE, Area, Tried, page, page_read


def _routes(room: str) -> dict[str, Tried]:
    def listed(name: str) -> Tried:
        return lambda of: [
            ("GET", f"/{room}/{handle}/{name}?q={one}")
            for handle in (of.handle, of.id, MINE)
            for one in (of.customer, of.canary)
        ]

    whole = f"/{room}/{{handle}}"
    tried = {f"{whole}/{name}": listed(name) for name in ("customers", "items")}
    tried |= {f"{whole}/{name}/new": page(f"{whole}/{name}/new") for name in ("customers", "items")}
    for name in ("customers", "items"):
        tried[f"{whole}/{name}/several"] = page(f"{whole}/{name}/several")
    for name, one in (("customers", "customer"), ("items", "item")):
        below, key = f"{whole}/{name}/{{{one}}}", attrgetter(one)
        tried[below] = page_read(below, key)
        tried |= {f"{below}/{act}": page(f"{below}/{act}", key) for act in ("edit", "archive")}
    return tried


AREA = Area(
    _routes,
    {
        "/customers": ["customers", "customers?q=nothing", "practice:customers"],
        "/customers/new": ["customers/new"],
        "/customers/{customer}": ["customers/{customer}"],
        "/customers/{customer}/edit": ["customers/{customer}/edit"],
        "/customers/{customer}/archive": ["customers/{customer}/archive"],
        "/items": ["items", "items?q=nothing", "practice:items"],
        "/items/new": ["items/new"],
        "/items/{item}": ["items/{item}"],
        "/items/{item}/edit": ["items/{item}/edit"],
        "/items/{item}/archive": ["items/{item}/archive"],
    },
)
