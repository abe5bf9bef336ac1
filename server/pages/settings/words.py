"""What the rooms of the settings are called, and what each is for, in the reader's language."""

from __future__ import annotations

from server.pages.languages import gettext


def room_word(name: str) -> str:
    """A room, by the name that its address has."""
    words = {
        "profile": gettext("Profile"),
        "policy": gettext("Policy"),
    }
    return words[name]


def room_meaning(name: str) -> str:
    """What is settled in a room."""
    words = {
        "profile": gettext("Name, address, numbers and bank account, and what is missing to issue."),
        "policy": gettext("How prices are meant, what is refused, and who may do what."),
    }
    return words[name]
