"""A practice's clients: all of them, and the way to a new one."""

from __future__ import annotations

from tests.support.page_areas.trying import MINE, Area, Tried, page_read


def _routes(room: str) -> dict[str, Tried]:
    """Practices alone have these pages."""
    if room != "practice":
        return {}
    whole = "/practice/{handle}/clients"
    return {
        whole: lambda of: [
            ("GET", f"/practice/{handle}/clients?{what}={one}")
            for handle in (of.handle, of.id, MINE)
            for what, one in (("q", of.canary), ("q", of.handle), ("after", of.id))
        ],
        f"{whole}/new": _made_from(f"{whole}/new", "GET", "POST"),
        f"{whole}/new/preview": _made_from(f"{whole}/new/preview", "POST"),
        **{
            f"{whole}/new/{{mark}}{below}": page_read(f"{whole}/new/{{mark}}{below}", lambda of: of.session)
            for below in ("", "/progress")
        },
    }


def _made_from(place: str, *methods: str) -> Tried:
    """What is another's is copied from."""
    asked = "name=Twin&country=GB&environment=sandbox&way=copy&entity=yes&copy_from={one}"
    return lambda of: [
        (method, f"{place.replace('{handle}', handle)}?{asked.format(one=one)}")
        for method in methods
        for handle in (of.handle, of.id, MINE)
        for one in (of.handle, of.id)
    ]


AREA = Area(
    _routes,
    {
        "/clients": ["practice:clients", "practice:clients?q=nothing"],
        "/clients/new": ["practice:clients/new"],
        "/clients/new/{mark}": [],
        "/clients/new/{mark}/progress": [],
    },
)
