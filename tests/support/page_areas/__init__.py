"""The pages of an organization by areas: how each is tried with what is another's, and where it is looked at."""

from __future__ import annotations

from tests.support.page_areas import (
    approvals,
    clients,
    documents,
    exports,
    figures,
    imports,
    opening,
    overview,
    records,
    setting_parts,
    settings,
)
from tests.support.page_areas.trying import Area, Tried

AREAS: tuple[Area, ...] = (
    overview.AREA,
    settings.AREA,
    setting_parts.AREA,
    opening.AREA,
    clients.AREA,
    documents.AREA,
    records.AREA,
    exports.AREA,
    figures.AREA,
    imports.AREA,
    approvals.AREA,
)


def pages_of_organizations() -> dict[str, Tried]:
    """How each page of each organization is tried, a practice's own among them."""
    return {route: tried for area in AREAS for room in ("o", "practice") for route, tried in area.routes(room).items()}
