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
<html lang="en"><head><meta charset="utf-8"><title>{title} - Counterfoil</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>:root{{color-scheme:light dark;--ink:#1d2733;--paper:#fff;--field:#eef2f6;--act:#1f3a5f;--on:#fff}}
@media(prefers-color-scheme:dark){{:root{{--ink:#e6ebf0;--paper:#161c23;--field:#252e38;--act:#8fb8e8;--on:#10161c}}}}
body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:10vh auto;padding:0 1.25rem}}
body{{color:var(--ink);background:var(--paper)}}
h1{{font-size:1.6rem;line-height:1.2}}
code,kbd{{font:1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}}
code,kbd{{background:var(--field);border-radius:6px}}
code{{display:block;padding:1rem;user-select:all}}
kbd{{padding:.1rem .35rem}}
button{{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:6px;cursor:pointer}}
button{{background:var(--act);color:var(--on)}}
@media(max-width:30rem){{body{{margin:2rem auto}}button{{width:100%}}}}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""
_ASK = (
    "Show an API key",
    "<p>The button makes an API key of Counterfoil and shows it. That happens once: afterwards this page shows"
    " nothing, to you or to anybody else.</p>"
    "<p>Have the place ready where the key will be kept, such as the settings of the program that is to use it. The"
    " page waits for 24 hours after it was made.</p>"
    '<form method="post"><button>Show the key</button></form>',
)
_SHOWN = (
    "This is the API key",
    "<p>Copy it now. It is not kept, and nobody can show it again.</p><code>{key}</code>"
    "<p>It opens one organization. A program sends it to <kbd>{url}</kbd> in the header"
    " <kbd>Authorization: Bearer KEY</kbd>, with the key in the place of KEY.</p>"
    "<p>If it gets lost, or somebody else has seen it, revoke it and make a new one. On the server:"
    " <kbd>counterfoil key revoke {prefix}</kbd></p>",
)
_GONE = (
    "There is no key to show",
    "<p>The key of this page was shown already, or its 24 hours are over, or it was revoked, or there never was such"
    " a page.</p>"
    "<p>If it was not you who saw the key, somebody else may have it: revoke it. On the server"
    " <kbd>counterfoil key list</kbd> shows each key with its last use, and <kbd>counterfoil key revoke ID</kbd> ends"
    " one at once. Then make a new key, and open its page yourself.</p>",
)


class KeyPage:
    """The route `/keys/{page}`: a GET only asks, because mail and chat programs open links to preview them.

    Nor does it tell whether a key waits: whoever guesses at pages learns nothing without pressing the button.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return _page(*_ASK, 200)
        key = await show_key(self._office.store, self._office.clock, request.path_params["page"])
        if key is None:
            return _page(*_GONE, 404)
        title, body = _SHOWN
        prefix = key.rpartition("_")[0]
        url = f"{self._office.public_url}/mcp"
        return _page(title, body.format(key=escape(key), prefix=escape(prefix), url=escape(url)), 200)


def _page(title: str, body: str, status: int) -> Response:
    return HTMLResponse(_PAGE.format(title=title, body=body), status_code=status, headers=_HEADERS)
