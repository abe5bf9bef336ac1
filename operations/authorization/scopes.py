"""What a client program can ask to be let: to look, or to look and change. It is never more than its person may."""

from __future__ import annotations

from enum import StrEnum

from invoicing.organizations import EVERYTHING, READ_ONLY, Scopes


class Asked(StrEnum):
    """A word that a client program asks with. Write implies read."""

    READ = "read"
    WRITE = "write"


BOTH = frozenset(Asked)
_MEANS_NOTHING_HERE = frozenset({"offline_access", "openid", "profile", "email"})
"""Words that programs ask with by habit: there is nothing behind them to be let or kept."""


def words_asked(text: str) -> frozenset[Asked] | None:
    """The words that a program asks with, both where it does not say; None where it knows none of ours."""
    words = set(text.split()) - _MEANS_NOTHING_HERE
    if not words:
        return BOTH
    return frozenset(word for word in Asked if word in words) or None


def scopes_of_words(words: frozenset[Asked]) -> Scopes:
    """What the words let a connection do at most."""
    return EVERYTHING if Asked.WRITE in words else READ_ONLY


def words_of_scopes(scopes: Scopes) -> frozenset[Asked]:
    """The words for what a connection may do."""
    return frozenset({Asked.READ}) if scopes == READ_ONLY else BOTH


def words_text(words: frozenset[Asked]) -> str:
    """The words with a space between, as they are sent and kept."""
    return " ".join(word.value for word in Asked if word in words)
