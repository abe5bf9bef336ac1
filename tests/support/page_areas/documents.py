"""Invoices, credit notes and drafts."""

from __future__ import annotations

from functools import partial

from tests.support.page_areas.trying import MINE, Area, Tried, page, page_read
from tests.support.twins import Known


def _routes(room: str) -> dict[str, Tried]:
    """Lists, limited by what is another's, and another's documents under one's own handle."""
    whole = f"/{room}/{{handle}}"
    draft = f"{whole}/invoices/drafts/{{draft}}"
    tried = page_read(f"{whole}/invoices/{{document}}", lambda of: of.invoice)
    return {
        f"{whole}/invoices": partial(_listed, f"{whole}/invoices"),
        f"{whole}/invoices/{{document}}": tried,
        f"{whole}/invoices/{{document}}/pdf": lambda of: [(method, f"{at}/pdf") for method, at in tried(of)],
        f"{whole}/invoices/{{document}}/pages/{{page}}": lambda of: [(how, f"{at}/pages/1") for how, at in tried(of)],
        f"{whole}/invoices/{{document}}/credit": page(f"{whole}/invoices/{{document}}/credit", lambda of: of.invoice),
        f"{whole}/invoices/{{document}}/pay": page(f"{whole}/invoices/{{document}}/pay", lambda of: of.invoice),
        f"{whole}/invoices/{{document}}/payments/{{payment}}/reverse": page(
            f"{whole}/invoices/{{document}}/payments/{{payment}}/reverse",
            lambda of: of.invoice,
            lambda of: of.payment,
        ),
        f"{whole}/invoices/drafts/new": page(f"{whole}/invoices/drafts/new"),
        f"{whole}/invoices/drafts/preview": lambda of: [
            ("POST", f"/{room}/{one}/invoices/drafts/preview") for one in (of.handle, of.id)
        ],
        f"{draft}/edit": page(f"{draft}/edit", lambda of: of.draft),
        draft: page_read(draft, lambda of: of.draft),
        f"{draft}/pdf": page_read(f"{draft}/pdf", lambda of: of.draft),
        f"{draft}/pages/{{page}}": page_read(f"{draft}/pages/1", lambda of: of.draft),
        f"{draft}/issue": page(f"{draft}/issue", lambda of: of.draft),
        f"{draft}/discard": page(f"{draft}/discard", lambda of: of.draft),
    }


def _listed(place: str, of: Known) -> list[tuple[str, str]]:
    asked = {"customer": (of.customer, of.canary), "q": (of.invoice, of.canary), "after": (of.invoice, of.canary)}
    return [
        ("GET", f"{place.format(handle=handle)}?{what}={one}")
        for what, named in asked.items()
        for handle in (of.handle, of.id, MINE)
        for one in named
    ]


AREA = Area(
    _routes,
    {
        "/invoices": ["invoices", "invoices?q=nothing", "invoices?status=draft", "practice:invoices"],
        "/invoices/{document}": ["invoices/{invoice}", "invoices/{part_paid}", "invoices/{credit_note}"],
        "/invoices/{document}/pdf": [],
        "/invoices/{document}/pages/{page}": [],
        "/invoices/{document}/credit": ["invoices/{invoice}/credit"],
        "/invoices/{document}/pay": ["invoices/{invoice}/pay"],
        "/invoices/{document}/payments/{payment}/reverse": ["invoices/{part_paid}/payments/{payment}/reverse"],
        "/invoices/drafts/{draft}": ["invoices/drafts/{draft}"],
        "/invoices/drafts/new": ["invoices/drafts/new"],
        "/invoices/drafts/{draft}/edit": ["invoices/drafts/{draft}/edit"],
        "/invoices/drafts/{draft}/pdf": [],
        "/invoices/drafts/{draft}/pages/{page}": [],
        "/invoices/drafts/{draft}/issue": ["invoices/drafts/{draft}/issue"],
        "/invoices/drafts/{draft}/discard": ["invoices/drafts/{draft}/discard"],
    },
)
