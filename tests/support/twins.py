"""Three organizations that look alike, in one installation, and everything that could give one away to another.

`a` and `b` are clients of one practice, `c` is the client of another practice of the same name. They have the same
name, the same customer, item, draft, invoice number and amounts; every text field of each also holds its own canary.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import openpyxl
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.
from sqlmodel import Session

from invoicing.countries import country
from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef, Role
from operations.access import Office, Principal, open_books
from operations.layer_plans import fresh_plan
from operations.onboarding import ClientRequest, add_organization, create_client_organization, fill_books
from operations.rights import Right
from operations.templates import FROM_COUNTRY, fresh_profile
from storage.books.pool import BOOKS_FILE
from storage.directory import users
from storage.directory.database import DIRECTORY_FILE
from storage.directory.tables import MembershipClient
from storage.folder.store import Store
from storage.ids import new_id, new_organization_id
from storage.paging import encode_cursor
from tests.support import stores
from tests.support.assistant import assistant
from tests.support.clock import SettableClock
from tests.support.former import import_former
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.stores import open_store
from tests.support.uploads import received

CANARIES = {"a": "OCELOT2286", "b": "QUETZAL7413", "c": "NARWHAL5590"}
CUSTOMER, ITEM, NAME = "Hotel Bristol", "Croissants", "Harbour Bakery"
DIMENSION = "cost_centre"
AGENT, SKILL = "remind", "packing"
ASKED = "customer (customer); item (item); invoice (invoice); month (month); note"
SHARED_NUMBER = "TEST-INV-2026-00001"
_IDENTIFIER = re.compile(r"(?:[a-z]{3}_)?[0-9a-f-]{30,}|cf[klt]_[0-9a-f]{10}")


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody could know of an organization and try elsewhere; `partner` is its practice's handle if that is
    not the actors' own, else its own handle.
    """

    id: str
    handle: str
    partner: str
    session: str
    canary: str
    customer: str
    customer_name: str
    item: str
    item_name: str
    sku: str
    draft: str
    waiting: str
    invoice: str
    number: str
    payment: str
    former: str
    former_number: str
    export: str
    upload: str
    agent: str
    skill: str
    key: str
    reference: str
    customers_cursor: str
    items_cursor: str
    invoices_cursor: str
    drafts_cursor: str
    organizations_cursor: str

    def never(self) -> Known:
        """The same things as they would look if they had never existed."""
        return replace(self, **{name: _never(name, value, self.canary) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Twins:
    """The open installation. `boss` reaches a and b, `hand` the practice and a, `only_a` and `only_b` one each."""

    store: Store
    clock: SettableClock
    principals: dict[str, Principal]
    known: dict[str, Known]

    def office(self, principal: str) -> Office:
        return Office(store=self.store, principal=self.principals[principal], clock=self.clock)

    async def contents(self, organizations: Iterable[str]) -> dict[str, dict[str, Any]]:
        """All that these have, with what was to be noted a moment later."""
        await self.store.activity.written()
        return {key: contents(self.store.root, self.known[key].id) for key in organizations}


Made = tuple[dict[str, Principal], dict[str, Known]]
"""What `build_twins` made: the principals, and what is known of each organization."""


async def build_twins(root: Path) -> Made:
    """Make the installation in an empty folder, through the operations and tools alone."""
    async with practice(root) as first:
        a, b = await first.client(NAME), await first.client(NAME)
        other = await second_practice(first)
        c = await _client_of(other)
        principals = {"boss": first.principal, "stranger": other.principal}
        for name, members in (("only_a", (a,)), ("only_b", (b,)), ("hand", ())):
            label = f"{CANARIES.get(name[-1], 'hand').lower()}@example.com"
            principals[name] = Principal(user_id=new_id("usr"), label=label)
            limited = None if members else (first.organization.id, a.id)
            await _add_user(first, principals[name], members, limited)
        known = {}
        actors = (("a", a, "only_a", first.office), ("b", b, "only_b", first.office), ("c", c, "stranger", other))
        for year, (key, organization, actor, of_the_practice) in enumerate(actors, start=2023):
            office = Office(store=first.store, principal=principals[actor], clock=first.clock)
            await _set_bank_account(of_the_practice, organization, CANARIES[key])
            prefix = await _write_down(of_the_practice, organization, CANARIES[key])
            known[key] = await _fill(office, organization, CANARIES[key], year, prefix)
            waiting = await _credit_asked_for(of_the_practice, known[key])
            former = await _taken_over(of_the_practice, organization, known[key])
            known[key] = replace(known[key], waiting=waiting, former=former)
        async with assistant(first.office) as chat:
            given = (await chat.ok("list_organizations", limit=2))["next_cursor"]
        for key, one in known.items():
            known[key] = replace(one, organizations_cursor=encode_cursor(*_position(given)[:2], one.handle))
        known["c"] = replace(known["c"], partner=(await _practice_of(other)).handle)
    return principals, known


@asynccontextmanager
async def open_twins(
    template: Path, root: Path, made: tuple[dict[str, Principal], dict[str, Known]]
) -> AsyncIterator[Twins]:
    """A copy of the installation at `template`, opened at `root`."""
    stores.copy(template, root)
    async with open_store(root) as store:
        yield Twins(store, SettableClock(), *made)


def contents(root: Path, organization_id: str) -> dict[str, Any]:
    """All that an organization has: every row of every table of its books, its files, and its directory rows."""
    folder = root / "organizations" / organization_id
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(BOOKS_FILE))
    return {
        "books": dict(_tables(folder / BOOKS_FILE)),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "directory": {
            table: [row for row in rows if organization_id in row] for table, rows in _tables(root / DIRECTORY_FILE)
        },
    }


def readable(name: str, content: bytes) -> str:
    """All text of a file as a reader would find it: PDF, XLSX, ZIP with whatever it holds, or plain text."""
    if content.startswith(b"%PDF"):
        document = pdfium.PdfDocument(content)
        try:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
        finally:
            document.close()
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as archive:
            inside = [f"{member}\n{readable(member, archive.read(member))}" for member in archive.namelist()]
        return "\n".join([*inside, *(str(cell) for cell in cells(content))] if name.endswith(".xlsx") else inside)
    return content.decode("utf-8-sig")


def cells(content: bytes) -> Iterator[Any]:
    """The values of all cells of an XLSX file."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        yield from (cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _tables(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    with raw(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(names):
            yield name, sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608  # Our own names.


async def second_practice(first: Practice) -> Office:
    label = f"{CANARIES['c'].lower()}@example.com"
    office = Office(store=first.store, principal=Principal(user_id=new_id("usr"), label=label), clock=first.clock)
    profile = fresh_profile(country("GB"), first.organization.name, Environment.SANDBOX, FROM_COUNTRY)
    new = NewOrganization(
        id=new_organization_id(),
        handle_base="ledger-co",
        name=profile.name,
        kind=OrganizationKind.PARTNER,
        environment=profile.environment,
        country=profile.country,
        currency=profile.currency,
    )

    def publish(db: Session) -> None:
        users.add_user(db, office.principal.user_id, label, now=first.clock())
        users.add_membership(db, office.principal.user_id, new.id, Role.OWNER)

    plan = fresh_plan(profile, FROM_COUNTRY, on=first.clock().date())
    await add_organization(office, new, fill=lambda db: fill_books(db, plan, office), publish=publish)
    return office


async def _client_of(office: Office) -> OrganizationRef:
    made = await create_client_organization(office, ClientRequest(name=NAME, country="GB"))
    assert made.created is not None
    return made.created


async def _practice_of(office: Office) -> OrganizationRef:
    made = await create_client_organization(office, ClientRequest(name=NAME, country="GB", dry_run=True))
    return made.partner


async def _add_user(
    first: Practice, principal: Principal, members: tuple[OrganizationRef, ...], limited: tuple[str, str] | None
) -> None:
    def work(db: Session) -> None:
        users.add_user(db, principal.user_id, principal.label, now=first.clock())
        for organization in members:
            users.add_membership(db, principal.user_id, organization.id, Role.OWNER)
        if limited:
            users.add_membership(db, principal.user_id, limited[0], Role.ACCOUNTANT, all_clients=False)
            db.add(MembershipClient(user_id=principal.user_id, organization_id=limited[1]))

    await first.store.directory.write(work)


async def _set_bank_account(of_the_practice: Office, organization: OrganizationRef, canary: str) -> None:
    async with assistant(of_the_practice, organization=organization.handle) as chat:
        bank = dict.fromkeys(("account_holder", "bank_name", "account_number", "routing_number"), canary)
        await chat.ok("update_organization", **bank)


async def _write_down(of_the_practice: Office, organization: OrganizationRef, canary: str) -> str:
    """Agents and skills for assistants: one that each of the twins has, and one of another code; and an API key, whose
    prefix is answered.
    """
    own = canary.lower()
    async with assistant(of_the_practice, organization=organization.handle) as chat:
        for code in (AGENT, f"{AGENT}-{own}"):
            texts = {"name": canary, "description": canary, "instructions": canary, "settings": f"word={canary}"}
            await chat.ok("save_configuration", part="agents", code=code, values={**texts, "arguments": ASKED})
        for code in (SKILL, f"{SKILL}-{own}"):
            texts = {"name": canary, "description": canary, "content": canary, "settings": f"word={canary}"}
            await chat.ok("save_configuration", part="skills", code=code, values=texts)
            more = {"path": f"{canary}.md", "content": canary}
            await chat.ok("save_configuration", part="skills", code=code, values=more)
        made = await chat.ok("save_configuration", part="credentials", values={"name": canary})
    return str(made["entries"][0]["code"])


async def _credit_asked_for(of_the_practice: Office, known: Known) -> str:
    """The id of a credit note that waits for both the practice and the client. No later one does."""
    async with assistant(of_the_practice, organization=known.handle) as chat:
        workflow: dict[str, Any] = {"part": "workflows", "code": f"W-{known.canary}"}
        values = {
            "name": known.canary,
            "trigger": "credit_note",
            "conditions": "total < 100 GBP",
            "steps": "accountant",
        }
        await chat.ok("save_configuration", **workflow, values=values)
        part = [{"position": 1, "quantity": "1"}]
        asked = await chat.ok("issue_credit_note", invoice=known.invoice, reason=known.canary, lines=part)
        await chat.ok("save_configuration", **workflow, withdraw=True)
        return str(asked["approval"]["id"])


async def _taken_over(of_the_practice: Office, organization: OrganizationRef, known: Known) -> str:
    """The id of an invoice of a former system, which the practice imports."""
    books = open_books(of_the_practice, organization, Right.CHANGE_SETTINGS)
    row = f"{known.former_number};2025-12-01;{known.customer_name};900;900;{known.canary}"
    imported = await import_former(books, f"Number;Date;Customer;Total;Open;Note\n{row}\n")
    assert imported.written
    return imported.rows[0].id


async def _fill(office: Office, organization: OrganizationRef, canary: str, year: int, key: str) -> Known:
    """Give the organization what its twins have, and its canary in every field that takes a text."""
    mail = f"{canary.lower()}@example.com"
    address = {"line1": f"1 {canary} Street", "line2": canary, "postal_code": canary, "city": canary, "region": canary}
    texts = {"registration_number": canary, "phone": canary, "email": mail, "address": address}
    async with assistant(office, organization=organization.handle) as chat:
        await chat.ok(
            "update_organization",
            **texts,
            legal_name=f"{canary} Ltd",
            website=f"{canary}.example",
            footer=canary,
        )
        said = {"legal_form": "Sole trader", "owner": canary}
        await chat.ok("save_configuration", part="particulars", values=said)
        customer = (await chat.ok("save_customer", name=CUSTOMER, note=canary, **texts))["customer"]
        named = (await chat.ok("save_customer", name=f"{canary} Hotel", note=canary, **texts))["customer"]
        for code in (DIMENSION, f"{DIMENSION}/{canary}"):
            await chat.ok("save_configuration", part="dimensions", code=code, values={"name": canary})
        levied = {"name": canary, "level": "country", "kind": "payroll"}
        await chat.ok("save_configuration", part="jurisdictions", code=f"J-{canary}", values=levied)
        item = {"unit_price": "12.50", "unit": canary, "description": f"{canary} croissants"}
        await chat.ok("save_item", name=ITEM, sku=f"{canary}-1", **item)
        special = (await chat.ok("save_item", name=f"{canary} cake", sku=f"{canary}-2", **item))["item"]
        line = {"item": ITEM, "quantity": "40", "dimensions": f"{DIMENSION}={canary}"}
        texts_of_document = {"note": f"Thank you, {canary}", "purchase_order": f"PO-{canary}"}
        one = {"customer": customer["id"], "lines": [line], **texts_of_document}
        unique = await chat.ok("issue_invoice", **one | {"issue_date": f"{year}-12-31", "customer": named["id"]})
        reference = f"{canary} month-end"
        shared = await chat.ok("issue_invoice", **one, client_reference=reference)
        assert shared["invoice"]["number"] == SHARED_NUMBER
        paid = {"amount": "600", "method": canary, "client_reference": reference}
        payment = await chat.ok("record_payment", invoice=unique["invoice"]["id"], **paid)
        returned = {"reason": f"Sent back, {canary}", "client_reference": reference}
        await chat.ok("issue_credit_note", invoice=SHARED_NUMBER, **returned)
        draft = await chat.ok("draft_invoice", **one)
        await chat.ok("draft_invoice", **one | {"customer": named["id"]})
        await chat.ok("render_document", document=SHARED_NUMBER)
        await chat.ok("export_documents", format="json")
        export = (await chat.call("export_documents", format="csv")).content[1]
        cursors = {
            f"{kind}_cursor": (await chat.ok(f"find_{kind}", limit=1))["next_cursor"]
            for kind in ("customers", "items", "invoices")
        }
        cursors["drafts_cursor"] = (await chat.ok("find_invoices", status="draft", limit=1))["next_cursor"]
    async with assistant(office) as chat:
        session = (await chat.switch(organization.handle))["session"]
    return Known(
        id=organization.id,
        handle=organization.handle,
        partner=organization.handle,
        session=session,
        canary=canary,
        customer=named["id"],
        customer_name=named["name"],
        item=special["id"],
        item_name=special["name"],
        sku=special["sku"],
        draft=draft["draft"],
        waiting="",
        invoice=unique["invoice"]["id"],
        number=unique["invoice"]["number"],
        payment=payment["payment"]["id"],
        former="",
        former_number=f"{canary}-OLD",
        export=str(getattr(export, "uri", "")).rpartition("/")[2],
        agent=f"{AGENT}-{canary.lower()}",
        skill=f"{SKILL}-{canary.lower()}",
        key=key,
        upload=await received(office, organization, f"name\n{canary} Guesthouse\n".encode(), f"{canary}.csv"),
        reference=reference,
        organizations_cursor="",
        **cursors,
    )


def _never(name: str, value: str, canary: str) -> str:
    if name.endswith("_cursor"):
        return encode_cursor(
            *(_never("", part, canary) if isinstance(part, str) else part for part in _position(value))
        )
    if name == "number":
        return value.replace("00001", "00077")
    for known in (canary, canary.lower()):
        value = value.replace(known, f"{known[:-4]}0000")
    value = value.replace("-sandbox", "x-sandbox")
    # The last digit of an identifier is random: with another one it is nobody's, and sorts as before.
    return value[:-1] + ("0" if value[-1] != "0" else "1") if _IDENTIFIER.fullmatch(value) else value


def _position(cursor: str) -> list[Any]:
    position: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return position
