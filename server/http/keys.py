"""The one-time page of an API key: the key is made when the page is asked for it, shown once, and kept as a hash."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from invoicing.organizations import READ_ONLY, Environment
from invoicing.refusals import Unavailable
from operations.access import Office
from operations.credentials import ShownKey, show_key
from server.http.pages import page
from views.remedies import for_assistant, message_of

_ASK = (
    "Show an API key",
    "<p>The button makes an API key of Counterfoil and shows it. That happens once: afterwards this page shows"
    " nothing, to you or to anybody else.</p>"
    "<p>With the key it shows which organization it opens, whether that is a live or a sandbox one, what the key may"
    " do, and until when. Compare that with what you were told in the chat where this page was made; if it is not what"
    " you expected, revoke the key.</p>"
    "<p>Have the place ready where the key will be kept, such as the settings of the program that is to use it. The"
    " page waits for 24 hours after it was made.</p>"
    '<form method="post"><button>Show the key</button></form>',
)
_SHOWN = (
    "This is the API key",
    "<p>Copy it now. It is not kept, and nobody can show it again.</p><code>{key}</code>"
    "<dl><dt>Organization</dt><dd>{name} (<kbd>{handle}</kbd>)</dd><dt>Environment</dt><dd>{environment}</dd>"
    "<dt>Rights</dt><dd>{rights}</dd><dt>Expiry</dt><dd>{expiry}</dd></dl>"
    "<p>It opens this organization and no other. A program sends it to <kbd>{url}</kbd> in the header"
    " <kbd>Authorization: Bearer KEY</kbd>, with the key in the place of KEY.</p>"
    "<p>If it gets lost, or somebody else has seen it, revoke it and make a new one. On the server:"
    " <kbd>counterfoil key revoke {prefix}</kbd></p>",
)
_ENVIRONMENTS = {
    Environment.LIVE: "live: what is issued is real",
    Environment.SANDBOX: "sandbox: to try things out; documents are marked as tests",
}
_GONE = (
    "There is no key to show",
    "<p>The key of this page was shown already, or its 24 hours are over, or it was revoked, or there never was such"
    " a page.</p>"
    "<p>If it was not you who saw the key, somebody else may have it: revoke it. On the server"
    " <kbd>counterfoil key list</kbd> shows each key with its last use, and <kbd>counterfoil key revoke ID</kbd> ends"
    " one at once. Then make a new key, and open its page yourself.</p>",
)
_UNAVAILABLE = (
    "The key cannot be shown now",
    "<p>{why}</p><p>Nothing is lost: this page still waits. Open it again later.</p>",
)


class KeyPage:
    """The route `/keys/{page}`: a GET only asks, because mail and chat programs open links to preview them.

    Nor does it tell whether a key waits: whoever guesses at pages learns nothing without pressing the button.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return page(*_ASK, 200)
        try:
            shown = await show_key(self._office.store, self._office.clock, request.path_params["page"])
        except Unavailable as fault:
            title, body = _UNAVAILABLE
            return page(title, body.format(why=escape(message_of(fault, for_assistant))), 503)
        if shown is None:
            return page(*_GONE, 404)
        title, body = _SHOWN
        told = {name: escape(text) for name, text in _told(shown, self._office.public_url).items()}
        return page(title, body.format(**told), 200)


def _told(shown: ShownKey, public_url: str) -> dict[str, str]:
    about = shown.about
    expires = f"ends on {about.expires_at:%Y-%m-%d at %H:%M} UTC" if about.expires_at else "does not expire"
    rights = (
        "read-only: it looks things up and changes nothing"
        if about.scopes == READ_ONLY
        else "may change things: draft, issue, record payments"
    )
    return {
        "key": shown.secret,
        "prefix": about.prefix,
        "name": about.name,
        "handle": about.handle,
        "environment": _ENVIRONMENTS[about.environment],
        "rights": rights,
        "expiry": expires,
        "url": f"{public_url}/mcp/{about.handle}",
    }
