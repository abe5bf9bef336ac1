"""The one-time page of an API key or a secret link: it is made when a person who may make such asks for it, shown once,
and kept as a hash.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from operations.credentials import show_key
from server.pages.client_words import environment_meaning, key_is_word
from server.pages.languages import gettext
from server.pages.rendering import render
from server.pages.visiting import Desk, Visitor
from views.credentials import key_shown


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/keys/{page}", _key, methods=["GET", "POST"])]


async def _key(request: Request, visitor: Visitor) -> Response:
    """A GET only asks, because mail and chat programs open links to preview them, and it does not tell whether a key
    waits: nobody learns more without pressing the button.
    """
    if request.method != "POST":
        return render("key_ask.html", title=gettext("Show an API key or a secret link"), visitor=visitor)
    await visitor.form(request)
    shown = await show_key(visitor.office, request.path_params["page"])
    if shown is None:
        return render("key_gone.html", status=404, title=gettext("There is nothing to show"), visitor=visitor)
    key = key_shown(visitor.office, shown.secret, shown.about)
    return render(
        "key_shown.html",
        title=key_is_word(key.noun),
        visitor=visitor,
        key=key,
        environment=environment_meaning(key.environment),
    )
