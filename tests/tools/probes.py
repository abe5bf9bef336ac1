"""What is tried in each tool and resource: an ordinary call, and calls with what belongs to somebody else.

A tool or resource without an entry here, and an argument that is neither tried nor known to be harmless, is named
by `unprobed`, and fails the separation suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.configuration.configuring import PARTS_OF_ALL
from storage.paging import encode_cursor
from tests.support.twins import CUSTOMER, DIMENSION, ITEM, SHARED_NUMBER, SKILL, Known
from tools import uris
from tools.catalog import DEDICATED_CATALOG

Arguments = dict[str, Any]
WITHIN_ONE = frozenset(tool.name for tool in DEDICATED_CATALOG)
LINE = {"item": ITEM, "quantity": "1"}
SALE: Arguments = {"customer": CUSTOMER, "lines": [LINE]}
DRAFTS: Arguments = {"status": "draft"}
SHORT: Arguments = {"format": "csv", "issued_to": "2020-01-01"}
LEDGERS = ("journal_csv", "beancount")
EXPORTS: tuple[Arguments, ...] = tuple(
    {"format": name} for name in ("csv", "csv_semicolon", "xlsx", "json", "pdf", *LEDGERS)
)
REPORTED: Arguments = {"period": "2026"}
RIGHT: Arguments = {"code": "buyer-vat-number", "handed_in": "The buyer has none"}


@dataclass(frozen=True, slots=True)
class Entry:
    """How a tool is tried. `own` are calls that succeed in one's own organization, the first of which repeats without
    another result; `foreign` makes calls out of what is known of another organization. `shows` says that an own call
    shows one's own texts: the proof that the search for another's texts would find them. `of_the_practice` that the
    own calls succeed for the practice's people alone.
    """

    own: Callable[[Known], Iterable[Arguments]]
    foreign: Callable[[Known], Iterable[Arguments]] = lambda _: ()
    shows: bool = True
    of_the_practice: bool = False


TOOLS: Mapping[str, Entry] = {
    "list_organizations": Entry(
        own=lambda _: [{}],
        foreign=lambda their: [
            *({"query": text} for text in (their.handle, their.id, their.canary)),
            {"cursor": their.organizations_cursor},
            {"session": their.session},
        ],
        shows=False,
    ),
    "switch_organization": Entry(
        own=lambda mine: [{"organization": mine.handle}],
        foreign=lambda their: [
            *({"organization": text} for text in (their.handle, their.handle.upper(), their.id, their.canary)),
            {"organization": their.partner, "session": their.session},
        ],
        shows=False,
    ),
    "list_clients": Entry(
        own=lambda _: [{}],
        foreign=lambda their: [
            {"partner": their.partner},
            {"query": their.handle},
            {"query": their.canary},
            {"cursor": their.organizations_cursor},
        ],
        shows=False,
    ),
    "get_practice_overview": Entry(
        own=lambda _: [{}],
        foreign=lambda their: [
            {"partner": their.partner},
            *({"cursor": encode_cursor(rank, "", "harbour bakery", their.handle)} for rank in (0, 3)),
            {"cursor": their.organizations_cursor},
        ],
        shows=False,
    ),
    "create_client_organization": Entry(
        own=lambda _: [{"name": "New Client", "country": "GB", "dry_run": True}],
        foreign=lambda their: (
            [
                {"name": "New Client", "country": "GB", "dry_run": True, argument: value}
                for argument, value in (
                    ("partner", their.partner),
                    ("partner", their.id),
                    ("copy_from", their.handle),
                    ("copy_from", their.partner),
                    ("copy_from", their.id),
                    ("handle", their.handle),
                )
            ]
            + [
                {
                    "name": "Harbour Bakery",
                    "country": "GB",
                    "handle": text,
                    "copy_from": source,
                    "repeat_layer": "entity",
                }
                for text, source in (
                    (their.handle, their.handle),
                    (their.id, their.handle),
                    (their.handle, their.partner),
                )
            ]
        ),
        shows=False,
    ),
    "push_configuration": Entry(
        own=lambda mine: [
            {"parts": ["payment_terms"], "clients": [mine.handle]},
            {"parts": ["accounts"], "codes": ["4000"], "clients": [mine.handle], "mode": "update"},
            {"parts": ["payment_terms"], "clients": [mine.handle], "dry_run": False},
        ],
        foreign=lambda their: [
            *({"parts": ["accounts"], "clients": [text]} for text in (their.handle, their.id, their.canary)),
            {"parts": ["accounts"], "clients": [their.partner]},
            {"parts": ["accounts"], "partner": their.partner},
            {"parts": ["accounts"], "codes": [their.canary]},
            {"parts": [their.canary]},
            {"parts": ["accounts"], "cursor": their.customers_cursor},
        ],
        shows=False,
        of_the_practice=True,
    ),
    "create_client_api_key": Entry(
        own=lambda mine: [{"organization": mine.handle, "name": "Till"}],
        foreign=lambda their: [
            {"organization": text, "name": "Till"} for text in (their.handle, their.partner, their.id, their.canary)
        ],
        shows=False,
    ),
    "go_live": Entry(
        own=lambda mine: [{"organization": mine.handle, "dry_run": True}],
        foreign=lambda their: [
            *({"organization": text, "dry_run": True} for text in (their.handle, their.id, their.canary)),
            {"organization": their.handle, "handle": their.handle},
        ],
        shows=False,
    ),
    "draft_for_clients": Entry(
        own=lambda mine: [
            {"month": "2026-04", "source": source, "clients": [mine.handle]} for source in ("previous_all", "previous")
        ],
        foreign=lambda their: [
            *(
                {"month": "2026-04", "clients": [text], "dry_run": dry_run}
                for text in (their.handle, their.id, their.canary)
                for dry_run in (True, False)
            ),
            *({"month": "2026-04", "partner": text} for text in (their.partner, their.id, their.canary)),
            *({"month": "2026-04", "source": "plan", "partner": text} for text in (their.partner, their.id)),
            {"month": "2026-04", "source": "plan", "clients": [their.handle], "partner": their.partner},
            {"month": "2026-04", "clients": [their.handle], "cursor": their.organizations_cursor},
        ],
        shows=False,
    ),
    "issue_for_clients": Entry(
        own=lambda mine: [{"documents": [{"organization": mine.handle, "draft": mine.draft}]}],
        foreign=lambda their: [
            *(
                {"documents": [{"organization": text, "draft": their.draft}]}
                for text in (their.handle, their.partner, their.id, their.canary)
            ),
            {"documents": [{"organization": their.handle, "draft": their.draft}], "partner": their.partner},
        ],
        shows=False,
    ),
    "get_organization": Entry(own=lambda _: [{}]),
    "update_organization": Entry(own=lambda _: [{"time_zone": "Europe/Dublin"}], shows=False),
    "find_customers": Entry(
        own=lambda _: [{}, {"query": "bristol"}, {"limit": 1}],
        foreign=lambda their: [
            {"query": their.canary},
            {"query": their.customer},
            {"cursor": their.customers_cursor},
            {"cursor": their.items_cursor},
        ],
    ),
    "save_customer": Entry(
        own=lambda mine: [{"id": mine.customer, "consumer": False}],
        foreign=lambda their: [{"id": their.customer, "note": "mine now"}, {"id": their.item, "archived": True}],
    ),
    "find_items": Entry(
        own=lambda _: [{}, {"query": "croissants"}, {"limit": 1}],
        foreign=lambda their: [
            {"query": their.canary},
            {"query": their.sku},
            {"cursor": their.items_cursor},
            {"cursor": their.customers_cursor},
        ],
    ),
    "save_item": Entry(
        own=lambda mine: [{"id": mine.item, "supply": "goods"}],
        foreign=lambda their: [{"id": their.item, "unit_price": "0.01"}, {"id": their.customer, "archived": True}],
    ),
    "import_records": Entry(
        own=lambda mine: [{"kind": "customers", "file": mine.upload}],
        foreign=lambda their: [
            {"kind": "customers", "file": their.upload},
            {"kind": "customers", "file": their.upload, "dry_run": False},
            {"kind": "logo", "file": their.upload},
            {"kind": "customers", "file": their.export},
        ],
    ),
    "draft_invoice": Entry(
        own=lambda mine: [SALE, {"copy_of": SHARED_NUMBER}, {**SALE, "draft": mine.draft}],
        foreign=lambda their: [
            *_documents(their),
            {**SALE, "draft": their.draft},
            {"draft": their.draft, "delete": True},
            {"draft": their.invoice, "delete": True},
        ],
    ),
    "issue_invoice": Entry(
        own=lambda mine: [SALE, {"draft": mine.draft}],
        foreign=lambda their: [
            *_documents(their),
            {"draft": their.draft},
            {"draft": their.invoice},
            {**SALE, "client_reference": their.reference},
        ],
    ),
    "find_invoices": Entry(
        own=lambda mine: [
            *({}, {"query": "bristol"}, {"customer": CUSTOMER}, {"limit": 1}),
            *({"status": "awaiting_approval", **more} for more in ({}, {"customer": mine.customer})),
            *({"status": "former", **more} for more in ({}, {"query": mine.canary}, {"customer": mine.customer})),
            {"status": "open", "limit": 1},
            *({**DRAFTS, **more} for more in ({}, {"query": mine.canary}, {"customer": mine.customer}, {"limit": 1})),
        ],
        foreign=lambda their: [
            *({"query": text} for text in (their.canary, their.number, their.invoice)),
            *({"customer": text} for text in (their.customer, their.customer_name)),
            *({"status": "former", "query": text} for text in (their.canary, their.former_number, their.customer_name)),
            {"status": "former", "customer": their.customer},
            {"status": "former", "cursor": f"f-{their.invoices_cursor}"},
            {"cursor": their.invoices_cursor},
            {"cursor": their.customers_cursor},
            *({**DRAFTS, "query": text} for text in (their.canary, their.draft, their.customer_name)),
            *({**DRAFTS, "customer": text} for text in (their.customer, their.customer_name)),
            *({"status": "awaiting_approval", "customer": text} for text in (their.customer, their.customer_name)),
            {"status": "awaiting_approval", "cursor": their.drafts_cursor},
            {**DRAFTS, "cursor": their.drafts_cursor},
            {**DRAFTS, "cursor": their.customers_cursor},
        ],
    ),
    "decide_approval": Entry(
        own=lambda mine: [{"document": mine.waiting, "decision": "reject", "comment": mine.canary}],
        foreign=lambda their: [
            {"document": text, "decision": answer}
            for text in (their.waiting, their.draft, their.invoice, their.number)
            for answer in ("approve", "reject")
        ],
        of_the_practice=True,
    ),
    "get_invoice": Entry(
        own=lambda mine: [
            {"invoice": text} for text in (SHARED_NUMBER, mine.invoice, mine.waiting, mine.former, mine.former_number)
        ],
        foreign=lambda their: [
            {"invoice": text}
            for text in (
                *(their.invoice, their.number, their.draft, their.waiting),
                *(their.former, their.former_number),
            )
        ],
    ),
    # Both first calls answer again what the books hold already: every further act would leave other amounts.
    "issue_credit_note": Entry(
        own=lambda mine: [
            {"invoice": SHARED_NUMBER, "reason": f"Sent back, {mine.canary}", "client_reference": mine.reference},
            {"invoice": mine.invoice, "reason": "Broken", "lines": [{"position": 1, "quantity": "1"}]},
        ],
        foreign=lambda their: [
            *({"invoice": text, "reason": "Mine"} for text in (their.invoice, their.number, their.draft)),
            *({"invoice": text, "reason": "Mine"} for text in (their.former, their.former_number)),
            {"invoice": their.invoice, "reason": "Mine", "lines": [{"position": 1}]},
            {"invoice": SHARED_NUMBER, "reason": "Mine", "client_reference": their.reference},
        ],
    ),
    "record_payment": Entry(
        own=lambda mine: [
            {"invoice": mine.invoice, "amount": "600", "method": mine.canary, "client_reference": mine.reference},
            {"invoice": mine.invoice, "reverse": mine.payment},
            {"invoices": [{"invoice": mine.invoice, "amount": "1", "kind": "charges"}], "reference": mine.canary},
            {"invoices": [{"invoice": mine.former}, {"invoice": mine.invoice}], "amount": "901", "method": mine.canary},
        ],
        foreign=lambda their: [
            *({"invoice": text, "amount": "1"} for text in (their.invoice, their.number, their.draft, their.payment)),
            {"invoice": SHARED_NUMBER, "reverse": their.payment},
            {"invoice": their.invoice, "reverse": their.payment},
            {"invoice": SHARED_NUMBER, "amount": "1", "client_reference": their.reference},
            *(
                {"invoices": [{"invoice": text}], "amount": "1"}
                for text in (their.invoice, their.number, their.payment)
            ),
            {"invoice": their.invoice, "kind": "credit"},
            *({"invoice": text, "amount": "1"} for text in (their.former, their.former_number)),
            {"invoices": [{"invoice": SHARED_NUMBER}, {"invoice": their.former}], "amount": "1"},
            {"invoice": their.former, "reverse": their.payment},
        ],
    ),
    "render_document": Entry(
        own=lambda mine: [{"document": SHARED_NUMBER}, {"document": mine.invoice}],
        foreign=lambda their: [
            {"document": text}
            for text in (their.invoice, their.number, their.export, their.former, their.former_number)
        ],
    ),
    "get_report": Entry(
        own=lambda mine: [
            {"report": "statement", "customer": mine.customer, **REPORTED},
            *({"report": name, **REPORTED} for name in ("receivables_aging", "tax_summary", "ec_sales", "journal")),
            *({"report": "sales", "by": by, **REPORTED} for by in ("customer", "item", "month", DIMENSION)),
            *({"report": name, **REPORTED} for name in ("trial_balance", "audit_trail")),
            {"report": "verification"},
            {"report": "receivables_aging", "limit": 1},
            {"report": "sales", "by": "month", "row": "2026-03/GBP", **REPORTED},
            {"report": "tax_summary", "row": "S/20/VAT/GB//GBP", **REPORTED},
        ],
        foreign=lambda their: [
            *({"report": "statement", "customer": text} for text in (their.customer, their.customer_name)),
            *({"report": "sales", "customer": text} for text in (their.customer, their.canary)),
            *({"report": name, "row": f"{their.customer}/GBP"} for name in ("receivables_aging", "sales")),
            {"report": "receivables_aging", "row": f"{their.customer}/GBP", "period": "2026-01"},
            {"report": "sales", "by": "item", "row": f"{their.item}/GBP"},
            {"report": "sales", "by": DIMENSION, "row": f"{their.canary}/GBP"},
            {"report": "trial_balance", "row": f"{their.canary}/GBP"},
            {"report": "tax_summary", "row": f"S/20/{their.canary}/GB//GBP"},
            {"report": "ec_sales", "row": f"FR/{their.canary}/goods"},
            *({"report": name, "cursor": their.invoices_cursor} for name in ("audit_trail", "activity")),
            {"report": "journal", "cursor": their.customers_cursor},
        ],
    ),
    "export_documents": Entry(
        own=lambda mine: [
            *(SHORT, *EXPORTS),
            *({"format": name, "kind": "former"} for name in ("csv", "xlsx", "json")),
            *({"format": name, "report": "journal", **REPORTED} for name in ("csv", "xlsx", "json")),
            {"format": "csv", "report": "statement", "customer": mine.customer, **REPORTED},
        ],
        foreign=lambda their: [
            {"format": "csv", "report": "statement", "customer": their.customer},
            {"format": "json", "report": "sales", "row": f"{their.customer}/GBP"},
            *({"format": "csv", "clients": [text]} for text in (their.handle, their.partner, their.id)),
        ],
    ),
    "get_configuration": Entry(
        own=lambda mine: [
            *({"part": part} for part in ("mandates", *PARTS_OF_ALL, "history") if part != "credentials"),
            {"part": "agents", "code": mine.agent},
            *({"part": "skills", "code": code} for code in (mine.skill, f"{mine.skill}/SKILL.md")),
        ],
        foreign=lambda their: [
            *({"part": "agents", "code": text} for text in (their.agent, their.canary)),
            *({"part": "skills", "code": text} for text in (their.skill, f"{their.skill}/SKILL.md")),
            {"part": "skills", "code": f"{SKILL}/{their.canary}.md"},
            {"part": "credentials", "code": their.key},
            {"part": "history", "cursor": their.invoices_cursor},
            {"part": "accounts", "cursor": their.customers_cursor},
        ],
    ),
    "save_configuration": Entry(
        own=lambda mine: [{"part": "mandates", "code": "gb-reverse-charge", "handed_in": f"Told {mine.canary}"}],
        foreign=lambda their: [
            {"part": "mandates", **RIGHT, "draft": their.draft},
            {"part": "mandates", **RIGHT, "draft": their.invoice},
            {"part": "mandates", "code": their.canary, "handed_in": "by hand"},
            {"part": "payment_terms", "code": their.canary, "withdraw": True},
            {"part": "particulars", "code": their.canary, "values": [{"field": "owner", "value": "X"}]},
            {"part": "bank_accounts", "code": their.canary, "withdraw": True},
            {"part": "jurisdictions", "code": f"J-{their.canary}", "withdraw": True},
            {"part": "dimensions", "code": f"{DIMENSION}/{their.canary}", "withdraw": True},
            {"part": "agents", "code": their.agent, "withdraw": True},
            {"part": "skills", "code": their.skill, "withdraw": True},
            {"part": "credentials", "code": their.key, "withdraw": True},
            {"part": "skills", "code": f"{SKILL}/{their.canary}.md", "withdraw": True},
            {"part": "posting_profiles", "code": "Standard", "values": [{"field": "bank", "value": their.canary}]},
            {"part": "transaction_types", "code": their.canary, "values": [{"field": "series", "value": "INVOICES"}]},
        ],
        of_the_practice=True,
    ),
}
RESOURCES: Mapping[str, Callable[[Known], Iterable[str]]] = {
    uris.DOCUMENT: lambda of: [of.invoice, of.number, of.draft],
    uris.DOCUMENT_PDF: lambda of: [of.invoice, of.number],
    uris.EXPORT: lambda of: [of.export, of.invoice],
}
"""What takes the place of a template's last name, the first of which is there for its own organization."""


def _documents(their: Known) -> list[Arguments]:
    """Documents made of another organization's customer, item and invoice."""
    return [
        {**SALE, "customer": their.customer},
        {**SALE, "customer": their.customer_name},
        *({**SALE, "lines": [LINE, {**LINE, "item": text}]} for text in (their.item, their.item_name, their.sku)),
        {**SALE, "lines": [{**LINE, "dimensions": f"{DIMENSION}={their.canary}"}]},
        *({**SALE, "details": {name: their.canary}} for name in ("delivery", "bank_account", "series")),
        *({**SALE, "details": {"deduct": text}} for text in (their.invoice, their.number)),
        {"copy_of": their.invoice},
        {"copy_of": their.number},
        {**SALE, "copy_of": their.draft},
    ]
