"""A practice filled for looking at: what is long, large, foreign or much stands on its pages; and where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.importing.vocabulary import Kind
from operations.approval.waiting import AwaitingApproval
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.customers import find_customers
from operations.drafts import DraftRequest, draft_invoice
from operations.importing import import_table
from operations.invoices import IssueRequest
from operations.invoices import issue_invoice as ask_to_issue
from operations.items import find_items
from operations.payments import PaymentRequest, record_payment
from operations.saved_views import save_view
from storage.books.pool import BOOKS_FILE, Books
from storage.directory.tables import Credential
from tests.support.authorization import CALLBACK, a_program, challenge_of
from tests.support.folders import folder_of
from tests.support.http import BAKERY, House
from tests.support.import_desk import wanted
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.page_areas import AREAS
from tests.support.page_areas.setting_parts import FILLED
from tests.support.people import archive, colleague, in_the_directory
from tests.support.practice import Practice
from tests.support.raw import take_away
from tests.support.rich import instruct
from tests.support.visits import sign_in

CUSTOMERS, DOCUMENTS, CLIENTS = 1_000, 70, 30
LONG = "Bäckerei und Konditorei Großmann, Söhne & Enkel GmbH & Co. KG"
GREEK, ARABIC = "Ταβέρνα Ο Γλάρος Ανώνυμη Εταιρεία", "شركة النخيل للتجارة المحدودة"
COLLEAGUE = "somebody.with.a.very.long.address.indeed@subdomain.of.example.com"
PRACTICE = "practice:"
_IMPORTED = "Name;Land;Mailadresse\n" + "".join(f"Gasthof {number};AT;{number}@example.com\n" for number in range(60))
_NAMES = (
    "Hotel Bristol",
    "Café Central",
    "Mill Lane School",
    "St Mary's Hospital",
    "Grand Pier Theatre",
    "Quay Editing",
)
_TEXTS = ("Croissants and rolls, March", "Wedding cake for 80", "Bread, weekly delivery", "Catering of the spring fair")
_BUYERS = (GREEK, ARABIC, LONG, "Hotel Bristol 0", "Café Central 1", "Mill Lane School 2")
LARGE = Decimal("999999999.99")
"""A price of which three hundred come to twelve digits."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """A filled practice. `names` are what stands in braces in the addresses of the areas."""

    home: House
    names: dict[str, str]

    def addresses(self) -> dict[str, int]:
        """Each page at the addresses at which it is looked at, with the status that it then has."""
        looked = [one for area in AREAS for shown in area.gallery.values() for one in shown]
        pages = {self._address(one): 200 for one in looked}
        return pages | {one.format(**self.names): status for one, status in OF_NO_ORGANIZATION.items()}

    def _address(self, below: str) -> str:
        room = f"/practice/{self.home.one.organization.handle}" if below.startswith(PRACTICE) else f"/o/{BAKERY}"
        return f"{room}/{below.removeprefix(PRACTICE)}".format(**self.names).rstrip("/")


OF_NO_ORGANIZATION = {
    "/organizations": 200,
    "/?q=nothing": 200,
    "/find": 200,
    "/find?at={bakery}&q=hotel": 200,
    "/account": 200,
    "/account/password": 200,
    "/account/password/remove": 200,
    "/account/codes": 200,
    "/account/passkeys": 200,
    "/account/connections/end?connection={connection}": 200,
    "/approvals": 200,
    "/sign-in": 200,
    "/sign-in/again": 200,
    "/sign-in/link/{nothing}": 200,
    "/oauth/authorize?{consent}": 200,
    "/keys/{nothing}": 200,
    "/uploads/{nothing}": 404,
    "/o/nobody/people": 404,
    "/mcp": 405,
}
"""The pages that are of no organization, with the status that each has."""
NO_PAGES = {"/static/{name}", "/switcher", "/sign-in/code", "/account/passkeys/remove"}
"""Addresses that are no pages or parts of one, or where one comes only after what a browser does before."""


def is_shown(route: str, addresses: Sequence[str]) -> bool:
    """Whether one of these addresses is of the route."""
    parts = re.split(r"\{\w+\}", route)
    pattern = "[^/?]+".join(re.escape(one) for one in parts)
    return any(re.fullmatch(pattern, one.partition("?")[0]) for one in addresses)


async def fill(home: House, large: Decimal = LARGE) -> Gallery:
    """Fill the practice and its client Harbour Bakery; the largest of its prices is `large`."""
    one, books = home.one, home.one.books(home.bakery)
    names = {"bakery": BAKERY, "colleague": COLLEAGUE, "nothing": "nothing"}
    await _fill_master_data(books)
    names |= await _fill_documents(one, books, large)
    names |= await _fill_approvals(one, books, max(large, Decimal(48_000)))
    await _fill_settings(one, books)
    names["key"] = (await home.credentials.key(home.bakery)).rpartition("_")[0]
    await home.credentials.link(home.bakery, read_only=True)
    await colleague(one, one.organization, "accountant", email=COLLEAGUE, all_clients=False, clients=[home.bakery])
    await colleague(one, home.bakery, "client", email="baker@example.com")
    names["connection"] = await _connect(one)
    names["consent"] = await _consent(home)
    names["view"] = (await save_view(one.office, one.organization, name="Owed most", asked="sort=overdue")).id
    await _fill_practice(one)
    return Gallery(home, names | await _fill_by_pages(home))


async def refusing(home: House) -> dict[str, int]:
    """Pages that say that something cannot be had or done, with their statuses: of a client whose books are damaged for
    it, and of what there is not to switch off.
    """
    damaged = await home.one.client("Seaview Guesthouse")
    take_away(folder_of(home.one.books(damaged)) / BOOKS_FILE)
    return {f"/o/{damaged.handle}/invoices": 503, f"/o/{BAKERY}/approvals/human_approval": 409}


async def _fill_by_pages(home: House) -> dict[str, str]:
    """An export that a page has started, and the code of an entry of each list of the settings."""
    owner = await sign_in(home.site, home.one.office)
    run = await owner.post(f"/o/{BAKERY}/exports", format="csv", **{"from": "", "to": "", "kind": ""})
    names = {"run": run.headers["location"].rpartition("/")[2]}
    text = f"Customer name;Postcode\n{GREEK};BA1 4JQ\n"
    key = owner.signed_in.form_key
    sent = await owner.send_file(f"/o/{BAKERY}/import", "customers.csv", text, kind="customers", form_key=key)
    names["import"] = sent.headers["location"].rpartition("/")[2]
    for part in FILLED:
        page = await owner.get(f"/o/{BAKERY}/settings/{part.replace('_', '-')}")
        names[part] = re.findall(r"/entry\?code=([^\"&]+)", page.text)[0]
    return names


async def _fill_practice(one: Practice) -> None:
    await one.client(LONG, "DE")
    await one.client(GREEK, "GR")
    made = [await one.client(f"{_NAMES[number % len(_NAMES)]} {number}") for number in range(CLIENTS)]
    archive(one, made[-1])
    in_the_directory(one, "UPDATE organizations SET human_approval = 'live' WHERE id = ?", one.organization.id)
    for client in made[:3]:
        books = one.books(client)
        customer = await one.customer(books)
        await one.issue(books, customer.id, quantity="3")


async def _fill_master_data(books: Books) -> None:
    """As many customers and items as a list of some pages has, from one file each."""
    customers = [f"{name};1 Quay;SW1A 1AA;London;GB" for name in (GREEK, ARABIC, LONG)]
    customers += [f"{_NAMES[n % len(_NAMES)]} {n};{n} High Street;SW1A 1AA;London;GB" for n in range(CUSTOMERS)]
    await _load(books, "Name;Street;Postcode;City;Country", customers, Kind.CUSTOMERS)
    items = [f"{_TEXTS[n % len(_TEXTS)]} {n};{n}.50" for n in range(CUSTOMERS)]
    await _load(books, "Name;Unit price", items, Kind.ITEMS)


async def _load(books: Books, head: str, rows: Sequence[str], kind: Kind) -> None:
    loaded = await import_table(books, wanted("\n".join([head, *rows]), kind), progress=lambda done, total: None)
    assert loaded.counts["created"] == len(rows), [one.problems for one in loaded.rows if one.problems][:3]


async def _fill_documents(one: Practice, books: Books, large: Decimal) -> dict[str, str]:
    """Documents of some months: open, overdue, paid in part and in full, credited, drafts."""
    bought = [(await find_customers(books, query=name, cursor="", limit=1)).items[0].id for name in _BUYERS]
    today, issued = one.clock().date(), []
    for number in range(DOCUMENTS):
        day = today - timedelta(days=DOCUMENTS - number)
        price = large if number == DOCUMENTS - 1 else Decimal(17 + number * 13)
        request = _request(bought[number % len(bought)], _TEXTS[number % len(_TEXTS)], price, day)
        issued.append(await issue_invoice(books, IssueRequest(request=request)))
    for made in issued[: DOCUMENTS // 2]:
        paid = Decimal(made.document.payable_minor).scaleb(-2)
        await record_payment(books, PaymentRequest(invoice=made.document.number, amount=paid))
    part = await record_payment(books, PaymentRequest(invoice=issued[-2].document.number, amount=Decimal(10)))
    credit = await issue_credit_note(books, CreditRequest(invoice=issued[-3].document.number, reason="Delivered late"))
    drafts = [await draft_invoice(books, _request(to, "Catering of the summer fair", Decimal(480))) for to in bought]
    return {
        "invoice": issued[-1].document.number,
        "part_paid": issued[-2].document.number,
        "payment": part.payment.id,
        "overdue": issued[DOCUMENTS // 2].document.number,
        "credit_note": credit.note.document.number,
        "draft": drafts[0].draft,
        "customer": bought[0],
        "item": (await find_items(books, query=_TEXTS[0], cursor="", limit=1)).items[0].id,
    }


async def _fill_settings(one: Practice, books: Books) -> None:
    await instruct(books)
    values = {"name": "Cost centre"}
    await save_entry(one.office, books, Part.DIMENSIONS, Change(code="COST_CENTRE", values=values))


async def _fill_approvals(one: Practice, books: Books, price: Decimal) -> dict[str, str]:
    """What waits for the owner; what is issued to the ordinary customers stays free of it."""
    steps = {"name": "Large", "trigger": "invoice", "conditions": "total > 100000 GBP", "steps": "owner"}
    await save_entry(one.office, books, Part.WORKFLOWS, Change(code="LARGE", values=steps))
    customer = (await find_customers(books, query=GREEK, cursor="", limit=1)).items[0].id
    waiting = []
    for text in _TEXTS[:2]:
        asked = await ask_to_issue(books, IssueRequest(request=_request(customer, text, price)))
        assert isinstance(asked, AwaitingApproval), asked
        waiting.append(asked.approval.id)
    return {"waiting": waiting[0]}


def _request(customer: str, text: str, price: Decimal, day: date | None = None) -> DraftRequest:
    quantity = Decimal(300 if price == LARGE else 3)
    lines = (RequestedLine(quantity, description=text, unit_price=price),)
    return DraftRequest(document=RequestedDocument(customer, lines, issue_date=day))


async def _connect(one: Practice) -> str:
    """The id of a connection that the owner has allowed a program with a long name."""
    connection = Credential(
        id="cre_1",
        kind="token",
        name="Some-Very-Long-Program-Name-Without-Any-Blank-In-It-At-All",
        prefix="cft_1",
        user_id=one.office.principal.user_id,
        scopes="read",
        client_id="https://claude.example",
        created_at=one.clock(),
        created_by=one.office.principal.label,
    )
    await one.store.directory.write(lambda db: db.add(connection))
    return "cre_1"


async def _consent(home: House) -> str:
    """What a program asks for whose request nobody has answered yet."""
    program = await a_program(home.one.office)
    asked = {"response_type": "code", "client_id": program.id, "redirect_uri": CALLBACK}
    asked |= {"resource": f"{home.site.url}/mcp", "code_challenge": challenge_of(), "code_challenge_method": "S256"}
    return urlencode(asked | {"state": "a state"})
