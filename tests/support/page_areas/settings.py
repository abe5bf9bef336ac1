"""The settings: profile, branding, policy, periods, and going live."""

from __future__ import annotations

from tests.support.page_areas.trying import Area, Tried, page

_ROOMS = (
    "profile",
    "branding",
    "branding/picture",
    "branding/sample",
    "branding/logo",
    "policy",
    "periods",
    "mandates",
    "go-live",
    "archive",
)


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}/settings"
    return {whole: lambda of: [tried for tried in page(whole)(of) if tried[0] == "GET"], **_rooms(whole)}


def _rooms(whole: str) -> dict[str, Tried]:
    rooms = {f"{whole}/{name}": page(f"{whole}/{name}") for name in _ROOMS}
    return rooms | {f"{whole}/periods/{{month}}": page(f"{whole}/periods/2026-02")}


AREA = Area(
    _routes,
    {
        "/settings": ["settings", "practice:settings"],
        "/settings/profile": ["settings/profile", "practice:settings/profile"],
        "/settings/branding": ["settings/branding", "practice:settings/branding"],
        "/settings/branding/picture": [],
        "/settings/policy": ["settings/policy", "practice:settings/policy"],
        "/settings/mandates": ["settings/mandates"],
        "/settings/periods": ["settings/periods", "practice:settings/periods"],
        "/settings/periods/{month}": ["settings/periods/2026-02"],
        "/settings/go-live": ["settings/go-live"],
        "/settings/archive": ["settings/archive", "practice:settings/archive"],
    },
)
