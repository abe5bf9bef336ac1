"""A practice's clients: all of them, and the way to a new one."""

from __future__ import annotations

from tests.support.page_areas.trying import MINE, Area, Tried


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
    }


AREA = Area(
    _routes,
    {"/clients": ["practice:clients", "practice:clients?q=nothing"]},
)
