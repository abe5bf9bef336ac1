"""In which language somebody wants the pages: kept in the browser, before anybody signs in and after."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.pages.identity.addresses import local_path
from server.pages.languages import LANGUAGES
from server.pages.reading import origin_of, read_form
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor

_LASTING = timedelta(days=365)


def routes(desk: Desk) -> list[Route]:
    async def chosen(request: Request, visitor: Visitor | None) -> Response:
        form = await read_form(request)
        back = see_other(_page_before(request))
        language = form.text("language")
        return desk.cookie.keep_language(back, language, lasting=_LASTING) if language in LANGUAGES else back

    return [desk.open_page("/language", chosen, methods=["POST"])]


def _page_before(request: Request) -> str:
    """The page on which the button was pressed, which browsers say of pages of this site; else the first one."""
    came = urlsplit(request.headers.get("referer", ""))
    here = f"{came.scheme}://{came.netloc}".lower() == origin_of(request)
    return local_path(came.path + (f"?{came.query}" if came.query else "")) if here else "/"
