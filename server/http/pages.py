"""The few pages that the door shows in a browser: one look, no script, nothing from elsewhere."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

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
dt{{float:left;clear:left;min-width:8rem;font-weight:600}}
dd{{margin:0 0 .25rem 8rem}}
code,kbd{{font:1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}}
code,kbd{{background:var(--field);border-radius:6px}}
code{{display:block;padding:1rem;user-select:all}}
kbd{{padding:.1rem .35rem}}
button{{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:6px;cursor:pointer}}
button{{background:var(--act);color:var(--on)}}
label{{display:block;font-weight:600;margin-bottom:.25rem}}
input{{font:inherit;box-sizing:border-box;width:100%;padding:.75rem;border-radius:6px;background:var(--field)}}
[role=alert]{{border-left:.25rem solid var(--act);padding:.5rem .75rem;background:var(--field)}}
@media(max-width:30rem){{body{{margin:2rem auto}}button{{width:100%}}}}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""


def page(title: str, body: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """A page; title and body are HTML already."""
    return HTMLResponse(
        _PAGE.format(title=title, body=body), status_code=status, headers={**_HEADERS, **(headers or {})}
    )
