"""The summary, the reports and the journal."""

from __future__ import annotations

from urllib.parse import quote

from tests.support.page_areas.trying import MINE, Area, Tried
from tests.support.twins import Known

_NAMES = ("receivables_aging", "statement", "sales")


def _routes(room: str) -> dict[str, Tried]:
    whole = f"/{room}/{{handle}}"

    def reported(of: Known) -> list[tuple[str, str]]:
        """A report of a customer that is another's, or of a row that only another's report has."""
        row = quote(f"{of.customer}/GBP", safe="")
        asked = [f"customer={of.customer}", f"customer={of.canary}", f"row={row}", f"by={of.canary}"]
        return [
            ("GET", f"/{room}/{handle}/reports/{name}?{one}")
            for handle in (of.handle, of.id, MINE)
            for name in _NAMES
            for one in asked
        ]

    def filed(of: Known) -> list[tuple[str, str]]:
        return [
            (method, f"{path.replace('?', '/file?')}&format=csv") for method, path in reported(of) if "/sales" in path
        ]

    return {
        f"{whole}/summary": lambda of: [("GET", f"/{room}/{one}/summary") for one in (of.handle, of.id, of.canary)],
        f"{whole}/journal": lambda of: _posted(room, "journal", of),
        f"{whole}/journal/file": lambda of: [
            (method, f"{path}&format=csv") for method, path in _posted(room, "journal/file", of)
        ],
        f"{whole}/reports": lambda of: [("GET", f"/{room}/{one}/reports") for one in (of.handle, of.id, of.canary)],
        f"{whole}/reports/{{report}}": reported,
        f"{whole}/reports/{{report}}/file": filed,
    }


def _posted(room: str, page: str, of: Known) -> list[tuple[str, str]]:
    return [
        ("GET", f"/{room}/{handle}/{page}?q={one}")
        for handle in (of.handle, of.id, MINE)
        for one in (of.number, of.canary)
    ]


AREA = Area(
    _routes,
    {
        "/summary": ["summary", "practice:summary"],
        "/journal/file": [],
        "/journal": ["journal", "journal?q=nothing", "practice:journal"],
        "/reports": ["reports", "practice:reports"],
        "/reports/{report}": [
            "reports/receivables_aging",
            "reports/sales",
            "reports/sales?by=month",
            "reports/statement",
            "reports/tax_summary",
            "reports/trial_balance",
            "reports/verification",
            "practice:reports/audit_trail",
        ],
        "/reports/{report}/file": [],
    },
)
