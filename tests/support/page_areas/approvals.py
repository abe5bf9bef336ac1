"""What waits for a person: another's pages, and another's documents."""

from __future__ import annotations

from tests.support.page_areas.trying import MINE, Area, Tried


def _routes(room: str) -> dict[str, Tried]:
    return {
        f"/{room}/{{handle}}/approvals": lambda of: [("GET", f"/{room}/{of.handle}/approvals")],
        f"/{room}/{{handle}}/approvals/human_approval": lambda of: [
            (method, f"/{room}/{of.handle}/approvals/human_approval") for method in ("GET", "POST")
        ],
        f"/{room}/{{handle}}/approvals/{{document}}/pages/{{page}}": lambda of: [
            ("GET", f"/{room}/{handle}/approvals/{one}/pages/1")
            for handle in (of.handle, MINE)
            for one in (of.waiting, of.draft, of.invoice)
        ],
        f"/{room}/{{handle}}/approvals/{{document}}": lambda of: [
            (method, f"/{room}/{of.handle}/approvals/{one}")
            for method in ("GET", "POST")
            for one in (of.id, of.invoice, of.session)
        ],
    }


AREA = Area(
    _routes,
    {
        "/approvals": ["approvals", "practice:approvals"],
        "/approvals/human_approval": ["practice:approvals/human_approval"],
        "/approvals/{document}": ["approvals/{waiting}"],
        "/approvals/{document}/pages/{page}": [],
    },
)
