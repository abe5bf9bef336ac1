"""One client of a practice with what a document can be made of, some of it archived or in another currency."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from invoicing.organizations import Role
from operations.access import Office, Principal
from operations.practices import local_owner
from storage.directory import users
from storage.ids import new_id
from tests.support import stores
from tests.support.assistant import Assistant, Era, assistant
from tests.support.clock import SettableClock
from tests.support.practice import practice
from tests.support.stores import open_store
from tests.support.twins import contents
from tests.support.uploads import picture

NAME, HANDLE = "Harbour Bakery", "harbour-bakery-sandbox"
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """Identifiers of what `build_bakery` made; the viewer may only look."""

    organization: str
    customer: str
    item: str
    draft: str
    waiting: str
    invoice: str
    number: str
    paid: str
    payment: str
    credit_note: str
    cursor: str
    viewer: Principal


@dataclass(frozen=True, slots=True)
class Bakery:
    """The open data folder, and the owner's office."""

    office: Office
    made: Made

    def contents(self) -> dict[str, Any]:
        """All that the bakery has, but for the note of who called what, which is kept of refusals too, and for the
        anchors, which follow its books a moment later.
        """
        found = contents(self.office.store.root, self.made.organization)
        left_out = {"activity", "anchors", "anchored_numbers"}
        return found | {"directory": {name: rows for name, rows in found["directory"].items() if name not in left_out}}

    def chat(self, era: Era = "auto", *, dedicated: bool = True) -> AbstractAsyncContextManager[Assistant]:
        return assistant(self.office, era, organization=HANDLE if dedicated else "")


def sale(**line: Any) -> Arguments:
    """A document of one line; `line` replaces what the line has."""
    return {"customer": "Hotel Bristol", "lines": [{"description": "Rolls", "quantity": "1", "unit_price": "1"} | line]}


async def build_bakery(root: Path) -> Made:
    async with practice(root) as first:
        organization = await first.client(NAME)
        viewer = Principal(user_id=new_id("usr"), label="viewer@example.com")

        def add_viewer(db: Session) -> None:
            users.add_user(db, viewer.user_id, viewer.label, now=first.clock())
            users.add_membership(db, viewer.user_id, organization.id, Role.VIEWER)

        await first.store.directory.write(add_viewer)
        async with assistant(first.office, organization=HANDLE) as chat:
            return await _filled(chat, organization.id, viewer)


@asynccontextmanager
async def open_bakery(template: Path, root: Path, made: Made) -> AsyncIterator[Bakery]:
    stores.copy(template, root)
    files = files_to_import(root)
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        yield Bakery(Office(store=store, principal=owner, clock=SettableClock(), files_folder=files), made)


def files_to_import(root: Path) -> Path:
    """A folder of files beside the data folder."""
    folder = root.with_name(f"{root.name}-files")
    folder.mkdir()
    (folder / "customers.csv").write_text("name,note\nInn,\nMotel,By the road\n", "utf-8")
    (folder / "wrong.csv").write_text("name\nTwin\nHotel Bristol\n", "utf-8")
    (folder / "series.csv").write_text("code,kind,pattern,next\nSHOP,invoice,SHOP-{YYYY}-{SEQ:5},42\n", "utf-8")
    (folder / "logo.png").write_bytes(picture())
    return folder


async def _filled(chat: Assistant, organization: str, viewer: Principal) -> Made:
    bristol = {"line1": "1 High Street", "postal_code": "BS1 4ND", "city": "Bristol"}
    await chat.ok(
        "update_organization",
        legal_name="Harbour Bakery Ltd",
        iban="GB33BUKB20201555555555",
        footer="Thanks",
        future_days=7,
    )
    customer = await chat.ok(
        "save_customer",
        name="Hotel Bristol",
        address=bristol,
        email="hotel@example.com",
        phone="1",
        note="Deliver early",
    )
    await chat.ok("save_customer", name="Old Mill", archived=True)
    await chat.ok("save_customer", name="Twin")
    await chat.ok("save_customer", name="Twin")
    item = await chat.ok(
        "save_item", name="Croissants", sku="CR-1", unit="tray", unit_price="12.50", description="Buttery"
    )
    await chat.ok("save_item", name="Stale bread", unit_price="1", archived=True)
    await chat.ok("save_item", name="Baguette", unit_price="1", currency="EUR")
    await chat.ok("save_item", name="By agreement")
    first = await chat.ok("issue_invoice", **sale(item="Croissants", quantity="40"), client_reference="march")
    await chat.ok("issue_invoice", **sale(), issue_date="2026-03-18", purchase_order="PO-7", note="Second\nline")
    paid = await chat.ok("issue_invoice", **sale(quantity="5"), issue_date="2026-03-18")
    number = paid["invoice"]["number"]
    payment = await chat.ok("record_payment", invoice=number, amount=6, method="Card", reference="Terminal 1")
    returned = [{"position": 1, "quantity": "1"}]
    credit_note = await chat.ok(
        "issue_credit_note", invoice=number, reason="Stale", lines=returned, issue_date="2026-03-18"
    )
    workflow: Arguments = {"part": "workflows", "code": "NOTES"}
    await chat.ok("save_configuration", **workflow, values={"trigger": "credit_note", "steps": "owner"})
    asked = await chat.ok("issue_credit_note", invoice=number, reason="More of it", lines=returned)
    await chat.ok("save_configuration", **workflow, withdraw=True)
    draft = await chat.ok("draft_invoice", **sale(quantity="3"))
    return Made(
        organization=organization,
        customer=customer["customer"]["id"],
        item=item["item"]["id"],
        draft=draft["draft"],
        waiting=asked["approval"]["id"],
        invoice=first["invoice"]["id"],
        number=first["invoice"]["number"],
        paid=paid["invoice"]["id"],
        payment=payment["payment"]["id"],
        credit_note=credit_note["credit_note"]["id"],
        cursor=(await chat.ok("find_customers", limit=1))["next_cursor"],
        viewer=viewer,
    )
