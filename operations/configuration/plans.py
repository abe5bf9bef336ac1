"""What a practice bills its clients for: by the month, by the document that they issue, or by the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.requested import PRICE_MAX
from invoicing.money.amounts import check_currency, parse_decimal, plain
from invoicing.organizations import OrganizationRef
from invoicing.recurring.plans import Plan, PlanKind, code_in
from invoicing.refusals import Conflict, InvalidInput
from invoicing.reports.months import month_of, one_month
from invoicing.text.choices import choice_of
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Clients, Entry, Part, PartOfPractice, no_such_entry, of_value
from operations.configuration.of_practice import known_ids, put_on_record, read_code, shown_code
from operations.customers import resolve_customer
from operations.issue_dates import today_in
from operations.items import resolve_items
from storage.books.billing import load_plans, save_plan
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import settings_state
from storage.books.tax_codes import load_tax_codes

_NONE = "0"


def _entry(clients: Clients, plan: Plan) -> Entry:
    values = {
        "name": plan.name,
        "customer": plan.customer_id,
        "kind": plan.kind.value,
        "price": plain(plan.price),
        "currency": plan.currency,
        "item": plan.item_id,
        "tax_code": plan.tax_code,
        "from": plan.first_month,
        "until": plan.last_month,
    }
    return Entry(shown_code(clients, plan.client_id, plan.id), values, plan.active)


def _plans(db: Session, books: Books, clients: Clients) -> list[Entry]:
    entries = [_entry(clients, plan) for plan in load_plans(db) if plan.client_id in clients]
    return sorted(entries, key=lambda entry: entry.code)


def _save(db: Session, books: Books, clients: Clients, change: Change) -> str:
    client, code = read_code(clients, change.code)
    plans = {plan.id: plan for plan in load_plans(db)}
    ids = known_ids(clients, client, code)
    known = [plans[one] for one in ids if one in plans]
    before = next((plan for plan in known if plan.active), known[0] if known else None)
    if change.withdraw:
        after = _withdrawn(before)
    else:
        after = _changed(db, before or _new(db, books, ids[0], client, change.values), change.values)
        _check_hours(after, [plan for plan in plans.values() if clients.get(plan.client_id) == client])
    save_plan(db, after)
    entry = _entry(clients, after)
    was = _entry(clients, before) if before else None
    put_on_record(db, books, Part.PLANS, after.client_id, was, entry, settings=settings_state(db))
    return entry.code


def _withdrawn(before: Plan | None) -> Plan:
    if before is None:
        raise no_such_entry("plan")
    return replace(before, active=False)


def _new(db: Session, books: Books, plan_id: str, client: OrganizationRef, values: Mapping[str, str]) -> Plan:
    """A plan that says nothing yet but for whom it is, from this month on in the practice's currency."""
    for name in ("name", "customer", "kind", "price"):
        if not values.get(name, "").strip():
            raise InvalidInput(f"values: {name} is required for a new plan.", field="values")
    return Plan(
        id=plan_id,
        name="",
        client_id=client.id,
        customer_id="",
        kind=PlanKind.MONTH,
        price=Decimal(0),
        currency=load_profile(db).currency,
        first_month=month_of(today_in(db, books)),
    )


def _changed(db: Session, base: Plan, values: Mapping[str, str]) -> Plan:
    """A plan that is written to again is in use again."""
    stated = {name: text.strip() for name, text in values.items() if text.strip()}
    after = replace(
        base,
        name=clean_line(stated.get("name", base.name), field="name", limit=80, required=True),
        customer_id=resolve_customer(db, stated["customer"]).id if "customer" in stated else base.customer_id,
        kind=choice_of(PlanKind, stated["kind"], field="kind") if "kind" in stated else base.kind,
        price=_price(stated["price"]) if "price" in stated else base.price,
        currency=check_currency(stated["currency"]) if "currency" in stated else base.currency,
        item_id=_item(db, stated["item"]) if "item" in stated else base.item_id,
        tax_code=_tax_code(db, stated["tax_code"]) if "tax_code" in stated else base.tax_code,
        first_month=_month("from", stated["from"]) if "from" in stated else base.first_month,
        last_month=_last_month(stated["until"]) if "until" in stated else base.last_month,
        active=True,
    )
    if after.last_month and after.last_month < after.first_month:
        raise InvalidInput("values: until lies before from.", field="values")
    return after


def _check_hours(plan: Plan, others: Iterable[Plan]) -> None:
    """An hour has one price: no two plans of a client count the hours of one month."""
    for other in others:
        hourly = plan.kind is PlanKind.HOUR and other.kind is PlanKind.HOUR
        if hourly and other.active and other.id != plan.id and plan.meets(other):
            raise Conflict(
                f"code: {code_in(other.id)} bills the hours of this client in the same months: end it with until"
                " first.",
                field="code",
            )


def _price(text: str) -> Decimal:
    with of_value("price"):
        price = parse_decimal(text, field="values")
    if not 0 < price <= PRICE_MAX:
        raise InvalidInput(f"values: price must be more than 0 and at most {PRICE_MAX}.", field="values")
    return price


def _item(db: Session, text: str) -> str:
    return "" if text == _NONE else resolve_items(db, [text])[text].id


def _tax_code(db: Session, text: str) -> str:
    code = "" if text == _NONE else capitals(text)
    known = [one.code for one in load_tax_codes(db) if one.active]
    if code and code not in known:
        raise InvalidInput(f"values: tax_code must be one of: {', '.join(known)}.", field="values")
    return code


def _last_month(text: str) -> str:
    return "" if text == _NONE else _month("until", text)


def _month(name: str, text: str) -> str:
    if (month := one_month(text)) is None:
        raise InvalidInput(f"values: {name} must be a month, such as 2026-03.", field="values")
    return month


PLANS = PartOfPractice(
    title="plans",
    fields={
        "name": "as it is printed, such as Bookkeeping",
        "customer": "the practice's customer that the client is: id or exact name",
        "kind": "what is counted: month, document (that the client issued) or hour (part hours)",
        "price": "of one that is counted",
        "currency": "as the practice's",
        "item": "id or exact name, for its tax and its account; 0: none",
        "tax_code": "0: as follows from item and customer",
        "from": "the first month, such as 2026-03; this one",
        "until": "the last month; 0: without end",
    },
    read=_plans,
    save=_save,
    withdrawing="nothing more is billed by it",
)
