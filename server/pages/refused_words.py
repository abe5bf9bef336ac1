"""What was refused, in the words of a form: a field is called what the form calls it, not what a tool does."""

from __future__ import annotations

import re

from server.pages.languages import N_, gettext

_FIELDS = {
    "amount": N_("Amount"),
    "code": N_("Code"),
    "country": N_("Country"),
    "currency": N_("Currency"),
    "customer": N_("Customer"),
    "description": N_("Description"),
    "due_date": N_("Due"),
    "email": N_("E-mail address"),
    "exchange_rate": N_("Exchange rate"),
    "iban": N_("IBAN"),
    "issue_date": N_("Date of issue"),
    "issued_from": N_("From"),
    "issued_to": N_("to"),
    "item": N_("Item"),
    "logo": N_("Logo"),
    "name": N_("Name"),
    "paid_on": N_("Day"),
    "period": N_("Period"),
    "purchase_order": N_("Order number of the customer"),
    "quantity": N_("Quantity"),
    "reason": N_("Reason"),
    "supply_end": N_("Supplied until"),
    "tax_code": N_("Tax"),
    "unit": N_("Unit"),
    "unit_price": N_("Price"),
    "vat_id": N_("VAT number"),
}
_FIRST = re.compile(r"^(?:lines\[(?P<line>\d+)\]\.)?(?P<name>[a-z_]+)(?=:| must | lies | is needed| is missing)")
_INSIDE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_OVERPAID = "repeat with accept_overpayment"


def in_words(refused: str) -> str:
    """What was refused, with the fields that it names as the pages' forms call them. What is no field stays."""
    said = refused.replace(_OVERPAID, gettext("tick that more was paid than is owed, and send it again"))
    said = _FIRST.sub(_first, said)
    return _INSIDE.sub(lambda found: f"“{_called(found[0])}”" if found[0] in _FIELDS else found[0], said)


def _first(found: re.Match[str]) -> str:
    if found["name"] not in _FIELDS:
        return found[0]
    called = _called(found["name"])
    if found["line"] is None:
        return called[:1].upper() + called[1:]
    return gettext("Line %(number)s, %(field)s", number=int(found["line"]) + 1, field=called)


def _called(name: str) -> str:
    return gettext(_FIELDS[name])
