"""In which language pages speak: what their reader chose, else what the browser asks for, else English.

The words are gettext catalogues in `texts/`, one file for each language, with the English words as keys: a language is
a file. `make texts` brings them up to date; the tests hold that none lacks a word.
"""

from __future__ import annotations

import gettext as standard
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from importlib.resources import files
from typing import Any, ParamSpec

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po
from starlette.requests import Request

from server.pages.cookies import SessionCookie

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""The languages that there are, each under its own name; the first is that of the code."""
SOURCE = "en"
_WORDS_KEPT = 256
"""What a function of words answers to so many questions is kept."""

P = ParamSpec("P")

_now: ContextVar[str] = ContextVar("language", default=SOURCE)


class Texts(standard.NullTranslations):
    """The words of a language, read from its catalogue as it is edited."""

    def __init__(self, language: str) -> None:
        super().__init__()
        with (files("server.pages") / "texts" / f"{language}.po").open("rb") as file:
            catalog = read_po(file, locale=language)
        self._said = {message.id: message.string for message in catalog if message.id and not message.fuzzy}
        self._form = standard.c2py(catalog.plural_expr)

    def gettext(self, message: str) -> str:
        said = self._said.get(message)
        return said if isinstance(said, str) and said else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        said = self._said.get((singular, plural))
        form = self._form(number)
        if isinstance(said, tuple) and said[form]:
            return str(said[form])
        return singular if number == 1 else plural


@cache
def texts_of(language: str) -> standard.NullTranslations:
    """The words of one of `LANGUAGES`."""
    return standard.NullTranslations() if language == SOURCE else Texts(language)


def language_of(request: Request, chosen: str) -> str:
    """The language for a request: `chosen` where that is one of ours, else the first of the browser's that is."""
    if chosen in LANGUAGES:
        return chosen
    wanted = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    return negotiate_locale([one for one in wanted if one], list(LANGUAGES), sep="-") or SOURCE


def speaking_to(request: Request, public_url: str) -> AbstractContextManager[None]:
    """Within it, what is said is said in the language of whoever asks, at the server that is known under this URL."""
    return speaking(language_of(request, SessionCookie.of(public_url).language(request)))


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Within it, what is said is said in this language."""
    token = _now.set(spoken)
    try:
        yield
    finally:
        _now.reset(token)


def language() -> str:
    """The language in which is spoken now."""
    return _now.get()


def locale() -> Locale:
    """By which dates and numbers are written that are no organization's."""
    return Locale.parse(language())


def gettext(message: str, **values: Any) -> str:
    """The message in the language of now, with its values put in."""
    said = texts_of(language()).gettext(message)
    return said % values if values else said


def of_language(word: Callable[P, str]) -> Callable[P, str]:
    """A function that answers a word of the language of now to what it is asked: found once for each, as it may stand
    in every row of a page.
    """

    @lru_cache(_WORDS_KEPT)
    def kept(_: str, *args: P.args, **kwargs: P.kwargs) -> str:
        return word(*args, **kwargs)

    @wraps(word)
    def said(*args: P.args, **kwargs: P.kwargs) -> str:
        return kept(language(), *args, **kwargs)  # type: ignore[arg-type]  # Texts are asked about.

    return said


def N_(message: str) -> str:  # noqa: N802  The name by which the catalogues' tools know it.
    """A word that is said later, by `gettext`: here it is only marked as one."""
    return message


def ngettext(singular: str, plural: str, number: int, **values: Any) -> str:
    """The message for so many, which it may hold as `%(num)s`."""
    return texts_of(language()).ngettext(singular, plural, number) % {"num": number, **values}
