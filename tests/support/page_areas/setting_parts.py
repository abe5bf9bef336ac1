"""The settings that are lists of entries, what was changed in them, and pushing them to clients."""

from __future__ import annotations

from server.pages.settings.described import DESCRIBED, slug_of
from tests.support.page_areas.trying import Area, Tried, page, page_read
from tests.support.twins import Known


def _agent(of: Known) -> str:
    return of.agent


def _routes(room: str) -> dict[str, Tried]:
    settings = f"/{room}/{{handle}}/settings"
    found = {f"{settings}/{name}": page_read(f"{settings}/{name}") for name in ("history", "drift")}
    for part, described in DESCRIBED.items():
        place = f"{settings}/{slug_of(part)}"
        found[place] = page_read(place)
        acts = ["entry", *(["new"] if described.adds else []), *(["withdraw"] if described.withdraw else [])]
        found |= {f"{place}/{act}": page(f"{place}/{act}?code={{code}}", _agent) for act in acts}
    return found | ({f"/{room}/{{handle}}/push": page(f"/{room}/{{handle}}/push")} if room == "practice" else {})


FILLED = (
    "accounts",
    "agents",
    "dimensions",
    "payment_terms",
    "posting_profiles",
    "series",
    "skills",
    "tax_codes",
    "workflows",
)
"""The parts of which the gallery's client has an entry; the page of an entry of the others is made as theirs is."""


def _gallery() -> dict[str, list[str]]:
    found = {f"/settings/{name}": [f"settings/{name}"] for name in ("history", "drift")}
    for part, described in DESCRIBED.items():
        slug = slug_of(part)
        found[f"/settings/{slug}"] = [f"settings/{slug}"]
        if described.adds:
            found[f"/settings/{slug}/new"] = [f"settings/{slug}/new"]
        entry = part.value in FILLED
        for act in ("entry", *(["withdraw"] if described.withdraw else [])):
            found[f"/settings/{slug}/{act}"] = [f"settings/{slug}/{act}?code={{{part.value}}}"] if entry else []
    return found | {"/push": ["practice:push"]}


AREA = Area(_routes, _gallery())
