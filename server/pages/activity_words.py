"""What the activity log calls what was done at a page, in words: what was looked at, and where a form was sent."""

from __future__ import annotations

import re

from server.pages.languages import gettext
from server.pages.settings.words import room_word
from server.pages.words import page_word

_OF_ORGANIZATION = re.compile(r"([A-Z]+) /(?:o|practice)/\{handle\}/?(.*)")


def did_word(act: str) -> str:
    """What an act was; what an assistant or program has called is named as it called it."""
    found = _OF_ORGANIZATION.fullmatch(act)
    if found is None:
        return _elsewhere(act)
    method, below = found.groups()
    try:
        page = _page(below)
    except KeyError:
        # The log is older than the pages: one that there is no more has no word.
        return act
    return gettext("Form sent: %(page)s", page=page) if method == "POST" else gettext("Looked at: %(page)s", page=page)


def _elsewhere(act: str) -> str:
    words = {
        "GET /files/{token}": gettext("File opened by its link"),
        "GET /uploads/{token}": gettext("Looked at: page of a file that is waited for"),
        "POST /uploads/{token}": gettext("File sent"),
        "sign_in_with_passkey": gettext("Signed in with a passkey"),
        "sign_in_with_password": gettext("Signed in with password and code"),
        "sign_in_with_link": gettext("Signed in by a link"),
        "sign_in_with_provider": gettext("Signed in through the identity provider"),
        "allow_connection": gettext("Connection allowed"),
        "deny_connection": gettext("Connection not allowed"),
        "authenticate": gettext("Credential of another organization brought"),
    }
    return words.get(act, act)


def _page(below: str) -> str:
    """A page of an organization, by its route below the handle: its name, and what of it where there is more."""
    first, _, rest = below.partition("/")
    if first == "settings":
        return _of_settings(rest)
    if first.startswith("{") or not first:
        return gettext("no such page") if first else gettext("start page")
    named = _pages_of_one().get(below)
    return named or page_word(first)


def _of_settings(rest: str) -> str:
    room = rest.partition("/")[0]
    words = {"": page_word("settings"), "go-live": gettext("going live"), "archive": gettext("archiving")}
    return words[room] if room in words else f"{page_word('settings')}, {room_word(room)}"


def _pages_of_one() -> dict[str, str]:
    """Pages of one thing among those that a page lists, and of acts on it."""
    document, draft = gettext("a document"), gettext("a draft")
    return {
        "clients/new": gettext("new client"),
        "invoices/{document}": document,
        "invoices/{document}/pdf": gettext("the PDF of a document"),
        "invoices/{document}/pages/{page}": gettext("the paper of a document"),
        "invoices/{document}/pay": gettext("payment of a document"),
        "invoices/{document}/payments/{payment}/reverse": gettext("taking back a payment"),
        "invoices/{document}/credit": gettext("crediting a document"),
        "invoices/drafts/new": gettext("new draft"),
        "invoices/drafts/preview": gettext("preview of a draft"),
        "invoices/drafts/{draft}": draft,
        "invoices/drafts/{draft}/edit": gettext("changing a draft"),
        "invoices/drafts/{draft}/pdf": gettext("the PDF of a draft"),
        "invoices/drafts/{draft}/pages/{page}": gettext("the paper of a draft"),
        "invoices/drafts/{draft}/issue": gettext("issuing a draft"),
        "invoices/drafts/{draft}/discard": gettext("discarding a draft"),
        "customers/new": gettext("new customer"),
        "customers/{customer}": gettext("a customer"),
        "customers/{customer}/edit": gettext("changing a customer"),
        "customers/{customer}/archive": gettext("archiving a customer"),
        "customers/several": gettext("changing several customers"),
        "items/new": gettext("new item"),
        "items/{item}": gettext("an item"),
        "items/{item}/edit": gettext("changing an item"),
        "items/{item}/archive": gettext("archiving an item"),
        "items/several": gettext("changing several items"),
        "exports/{export}/file": gettext("the file of an export"),
        "import/{import}/write": gettext("importing a file"),
        "reports/{report}": gettext("a report"),
        "reports/{report}/file": gettext("the file of a report"),
        "journal/file": gettext("the file of the journal"),
        "connections/{prefix}/revoke": gettext("ending a connection"),
        "people/link": gettext("link to sign in for somebody"),
        "people/limit": gettext("what somebody reaches"),
        "people/remove": gettext("removing somebody"),
        "approvals/{document}": gettext("approving a document"),
        "approvals/{document}/pages/{page}": gettext("the paper of a document"),
        "approvals/human_approval": gettext("a person's signature"),
    }
