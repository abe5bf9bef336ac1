"""Who gets in: connections, people, and the log of what was done."""

from __future__ import annotations

from tests.support.page_areas.trying import Area, Tried, mail_of, page


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}"
    people, connections = f"{whole}/people", f"{whole}/connections"
    return {
        whole: lambda of: [tried for tried in page(whole)(of) if tried[0] == "GET"],
        people: page(people),
        f"{whole}/activity": page(f"{whole}/activity"),
        **{f"{people}/{act}": page(f"{people}/{act}?email={{email}}", mail_of) for act in ("link", "limit", "remove")},
        f"{whole}/start": page(f"{whole}/start"),
        connections: page(connections),
        f"{connections}/{{prefix}}/revoke": page(f"{connections}/{{prefix}}/revoke", lambda of: of.key),
    }


AREA = Area(
    _routes,
    {
        "": [],
        "/start": ["start", "start?made=1", "practice:start"],
        "/connections": ["connections", "practice:connections"],
        "/connections/{prefix}/revoke": ["connections/{key}/revoke"],
        "/people": ["people", "practice:people"],
        "/people/limit": ["practice:people/limit?email={colleague}"],
        "/people/remove": ["practice:people/remove?email={colleague}"],
        "/activity": ["activity", "practice:activity"],
    },
)
