"""What the words of the program are called to a reader, in the reader's language."""

from __future__ import annotations

from server.pages.languages import gettext


def page_word(name: str) -> str:
    """A page of an organization, by the name that its address has."""
    words = {
        "approvals": gettext("Approvals"),
        "connections": gettext("Connections"),
        "people": gettext("People"),
        "activity": gettext("Activity"),
    }
    return words[name]


def group_word(name: str) -> str:
    """A group of pages."""
    return {"work": gettext("Work"), "set-up": gettext("Set up")}[name]
