"""How a page is made: a template in which everything is escaped, and headers that keep it to itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.pages.languages import LANGUAGES, gettext, language, texts_of
from server.pages.refused_words import in_words
from server.pages.static_files import static

TOLD = "told.html"
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    # With no-referrer a browser would send the form with `Origin: null`, which is refused like any foreign origin.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Says(NamedTuple):
    """What a page says that says one thing: `links` are addresses, each with what it is called."""

    title: str
    said: str
    links: Sequence[tuple[str, str]]


def render(
    template: str,
    *,
    status: int = 200,
    form_targets: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """The page of a template. Browsers follow where the answer to a form leads only to this site and `form_targets`,
    which are origins, or schemes with their colon. `headers` come on top of those of every page.
    """
    headers = page_headers(form_targets) | dict(headers or {})
    return HTMLResponse(_text(template, **context), status_code=status, headers=headers)


def part(template: str, *, status: int = 200, **context: Any) -> Response:
    """A part of a page, for the script that puts it in its place: it says of itself that it is one."""
    return render(template, status=status, headers={"X-Part": "1"}, **context)


def _text(template: str, **context: Any) -> str:
    spoken = language()
    return _templates(spoken).get_template(template).render(language=spoken, **context)


def made_part(template: str, spoken: str, **context: Any) -> Markup:
    """What a template makes in a language, to be put into others: for what is made once and shown again."""
    made = _templates(spoken).get_template(template).render(language=spoken, **context)
    return Markup(made)  # noqa: S704  A template has made it, which escapes everything.


@cache
def _templates(spoken: str) -> Environment:
    """The templates in a language: what they say by `trans` is in it."""
    environment = Environment(
        loader=PackageLoader("server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals |= {"static": static, "languages": LANGUAGES}
    environment.filters["in_words"] = in_words
    environment.install_gettext_translations(texts_of(spoken), newstyle=True)  # type: ignore[attr-defined]
    return environment


def page_headers(form_targets: Sequence[str] = ()) -> dict[str, str]:
    """The headers of every page."""
    allowed = " ".join(["'self'", *form_targets])
    policy = (
        "default-src 'none'; base-uri 'none'; connect-src 'self'; frame-ancestors 'none'; img-src 'self' data:;"
        f" script-src 'self'; style-src 'self'; form-action {allowed}"
    )
    return {**_HEADERS, "Content-Security-Policy": policy}


class Told(HTMLResponse):
    """A page that says one thing. It stands by itself until `says` is shown with what stands around other pages."""

    def __init__(self, says: Says, *, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(_text(TOLD, **says._asdict()), status_code=status, headers=page_headers() | dict(headers))
        self.says = says

    def stand_in(self, page: Response) -> None:
        """Show what this page shows instead: the same, in its frame. Status and headers stay."""
        self.body = page.body
        self.headers["content-length"] = str(len(self.body))


def told(
    title: str,
    said: str,
    *,
    status: int = 200,
    links: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Told:
    """A page that says one thing, and where to go from it: addresses, each with what it is called."""
    return Told(Says(title, said, tuple(links)), status=status, headers=headers or {})


def too_many(seconds: int) -> Response:
    """For somebody who asks too often, and is to wait so long."""
    said = gettext("Wait a few seconds, and try again.")
    return told(gettext("Too many at once"), said, status=429, headers={"Retry-After": str(seconds)})


def nothing_here() -> Response:
    """What does not exist and what is not the visitor's answer alike."""
    links = (("/", gettext("Your organizations")), ("/account", gettext("Your account")))
    said = gettext("It does not exist, or it is not yours to see.")
    return told(gettext("There is no such page"), said, status=404, links=links)


def see_other(address: str) -> Response:
    """What a form leads to: it is asked for anew, so that loading it again sends nothing twice."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
