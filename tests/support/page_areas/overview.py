"""The overview of a practice, and what its people save of it."""

from __future__ import annotations

from tests.support.page_areas.trying import MINE, Area, Tried
from tests.support.twins import Known


def _routes(room: str) -> dict[str, Tried]:
    if room == "o":
        return {}
    whole = "/practice/{handle}/overview"

    def tried(below: str, *methods: str) -> Tried:
        def calls(of: Known) -> list[tuple[str, str]]:
            places = [f"/practice/{handle}/overview" for handle in (of.handle, of.id, of.canary, MINE)]
            return [(method, place + below.replace("{id}", of.id)) for place in places for method in methods]

        return calls

    return {
        whole: tried("?q={id}&verified={id}", "GET"),
        "/practice/{handle}/work": lambda of: [
            (method, called.replace("/overview", "/work")) for method, called in tried("?kind={id}", "GET")(of)
        ],
        f"{whole}/reading": tried("/reading", "GET"),
        f"{whole}/verify": tried("/verify", "POST"),
        f"{whole}/views": tried("/views", "POST"),
        f"{whole}/views/{{view}}": tried("/views/{id}", "GET", "POST"),
    }


AREA = Area(
    _routes,
    {
        "/overview": ["practice:overview", "practice:overview?q=nothing", "practice:overview?skip=5&view={view}"],
        "/work": ["practice:work", "practice:work?kind=approval"],
        "/overview/reading": [],
        "/overview/views/{view}": ["practice:overview/views/{view}"],
    },
)
