"""What the rooms of the settings are called, and what each is for, in the reader's language."""

from __future__ import annotations

from server.pages.languages import gettext
from server.pages.settings.described import PARTS_BY_ROOM


def group_word(name: str) -> str:
    """A group of rooms."""
    words = {
        "organization": gettext("Organization"),
        "money": gettext("Tax, terms and numbers"),
        "books": gettext("Books"),
        "work": gettext("Approval and assistants"),
        "record": gettext("Record"),
    }
    return words[name]


def room_word(name: str) -> str:
    """A room, by the name that its address has."""
    words = {
        "profile": gettext("Profile"),
        "branding": gettext("Look of documents"),
        "policy": gettext("Policy"),
        "history": gettext("Changes of settings"),
        "drift": gettext("What was copied"),
        "periods": gettext("Periods"),
        "mandates": gettext("Mandates"),
    }
    return words[name] if name in words else gettext(PARTS_BY_ROOM[name].title)


def part_word(part: str) -> str:
    """A part of the settings, as its room is called."""
    room = part.replace("_", "-")
    if room in PARTS_BY_ROOM or room in ("branding", "policy", "periods"):
        return room_word(room)
    words = {
        "particulars": gettext("What its papers must say"),
        "plans": gettext("What clients are billed"),
        "hours": gettext("Hours billed to clients"),
        "credentials": gettext("Access to other services"),
        "withholdings": gettext("Withheld taxes"),
    }
    return words.get(part, part.replace("_", " ").capitalize())


def room_meaning(name: str) -> str:
    """What is settled in a room."""
    words = {
        "profile": gettext("Name, address, numbers and bank account, and what is missing to issue."),
        "history": gettext("Who changed which setting when."),
        "drift": gettext("What came from elsewhere, and is another since."),
        "branding": gettext("Logo, colour, second language and foot, beside an invoice of that look."),
        "policy": gettext("How prices are meant, what is refused, and who may do what."),
        "mandates": gettext("Which laws take another form than a PDF, and how documents are handed in."),
        "periods": gettext("Which months are closed, and what is in each."),
    }
    return words[name] if name in words else gettext(PARTS_BY_ROOM[name].about)


def carried_word(name: str) -> str:
    """What goes along when an organization goes live."""
    words = {
        "customers": gettext("Customers"),
        "items": gettext("Items"),
        "accounts": gettext("Accounts"),
        "tax_codes": gettext("Tax codes"),
        "payment_terms": gettext("Payment terms"),
        "number_series": gettext("Number series"),
        "posting_profiles": gettext("Posting profiles"),
    }
    return words[name]
