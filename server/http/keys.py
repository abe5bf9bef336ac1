"""The one-time page of an API key: the key is made when the page is asked for it, shown once, and kept as a hash."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from operations.access import Office
from operations.credentials import show_key

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    # With no-referrer a browser would send the form with `Origin: null`, which is refused like any foreign origin.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Counterfoil API key</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1d2733}}
code{{display:block;padding:1rem;background:#eef2f6;border-radius:6px;overflow-wrap:anywhere}}
button{{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#1f3a5f;color:#fff;cursor:pointer}}
</style></head><body><h1>API key</h1>{body}</body></html>"""
_ASK = (
    "<p>The key is made when you press the button, and shown once. Have the place ready where you keep it.</p>"
    '<form method="post"><button>Show the key</button></form>'
)
_SHOWN = "<p>This is the key. It is not kept and cannot be shown again:</p><code>{key}</code>"
_GONE = "<p>There is nothing to show here, or not any more. Make a new key.</p>"


class KeyPage:
    """The route `/keys/{page}`: a GET only asks, because mail and chat programs open links to preview them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return _page(_ASK, 200)
        key = await show_key(self._office.store, self._office.clock, request.path_params["page"])
        return _page(_GONE, 404) if key is None else _page(_SHOWN.format(key=escape(key)), 200)


def _page(body: str, status: int) -> Response:
    return HTMLResponse(_PAGE.format(body=body), status_code=status, headers=_HEADERS)
