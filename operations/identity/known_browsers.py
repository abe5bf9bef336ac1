"""Browsers in which somebody has signed in before. Each counts its attempts at that account by itself: whoever knows no
more than an address keeps its person out of no browser that was used before.

A browser keeps a sealed mark for that, which outlives its session and signs nobody in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from invoicing.text.codes import small_letters
from operations.identity.sealing import Unsealable, seal, unseal
from storage.folder.store import Store

LIFETIME = timedelta(days=365)
_PURPOSE, _NAME_BYTES = "known browser", 16


def account_of(email: str) -> str:
    """How attempts at the account of this address are counted, whether there is one or not."""
    return hashlib.sha256(f"account\n{small_letters(email)}".encode()).hexdigest()


def new_browser_mark(store: Store, email: str, *, now: datetime) -> str:
    """The mark of a browser in which the person of this address has signed in.

    Raises:
        Unavailable: there is no key to be had.
    """
    said = [account_of(email), secrets.token_hex(_NAME_BYTES), int((now + LIFETIME).timestamp())]
    return seal(store, json.dumps(said).encode(), purpose=_PURPOSE, row="")


def counted_as(store: Store, account: str, mark: str, *, now: datetime) -> str:
    """How attempts at the account are counted that come with this mark: apart, if that is a browser of its person.

    Raises:
        Unavailable: there is no key to be had.
    """
    try:
        marked, name, expires = json.loads(unseal(store, mark, purpose=_PURPOSE, row=""))
    except Unsealable:
        return account
    if marked != account or expires <= int(now.timestamp()):
        return account
    return hashlib.sha256(f"browser\n{account}\n{name}".encode()).hexdigest()
