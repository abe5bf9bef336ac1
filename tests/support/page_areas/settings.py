"""The settings: profile, branding, policy, periods, and going live."""

from __future__ import annotations

from tests.support.page_areas.trying import Area, Tried, page


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}/settings"
    return {whole: lambda of: [tried for tried in page(whole)(of) if tried[0] == "GET"], **_rooms(whole)}


def _rooms(whole: str) -> dict[str, Tried]:
    return {f"{whole}/{name}": page(f"{whole}/{name}") for name in ("profile", "policy")}


AREA = Area(
    _routes,
    {
        "/settings": ["settings", "practice:settings"],
        "/settings/profile": ["settings/profile", "practice:settings/profile"],
        "/settings/policy": ["settings/policy", "practice:settings/policy"],
    },
)
