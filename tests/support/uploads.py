"""Files that come in: by a page, as a browser opens it and sends its form, or as the operations behind it are asked."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from typing import Any

import httpx2
from PIL import Image

from invoicing.importing.kinds import ImportKind
from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationRef
from operations.access import Office, open_books
from operations.credentials import create_token
from operations.rights import Right
from operations.uploads import ask_for_file, find_page, receiving
from tests.support.http import BAKERY, HERE, House

CUSTOMERS = "Customer name;VAT number;Postcode\nHotel Bristol Bath;GB980780684;BA1 4JQ\nBäckerei Grün;;01067\n".encode()


async def asked_for(
    at_home: House, kind: str = "customers", *, organization: str = BAKERY, token: str = ""
) -> dict[str, Any]:
    """The answer of a call that wants a file: `link` is its page, and `file` names it."""
    async with at_home.site.chat(token or await at_home.credentials.token()) as chat:
        return await chat.ok("import_records", kind=kind, organization=organization)


async def received(office: Office, organization: OrganizationRef, content: bytes, name: str = "customers.csv") -> str:
    """The token of a file of customers that has come for an organization, asked for by the office's principal."""
    token = await create_token(office, office.principal.label, scopes=EVERYTHING)
    principal = replace(office.principal, credential=CredentialKind.TOKEN, credential_id=token.credential_id)
    books = open_books(office, organization, Right.IMPORT_RECORDS)
    asked = await ask_for_file(replace(office, principal=principal), books, ImportKind.CUSTOMERS)
    page = await find_page(office.store, office.clock, asked.token)
    assert page is not None
    async with receiving(office.store, office.clock, page) as incoming:
        await incoming.write(content)
        assert await incoming.keep(name) is not None
    return asked.token


async def look_at(at_home: House, link: str) -> httpx2.Response:
    return await at_home.site.send("GET", link.removeprefix(HERE))


async def send_file(
    at_home: House, link: str, content: bytes = CUSTOMERS, name: str = "customers.csv", **more: Any
) -> httpx2.Response:
    """Send the page's form with this file, as a browser does."""
    headers = {"Origin": HERE, **more.pop("headers", {})}
    files = more.pop("files", {"file": (name, content)})
    return await at_home.site.send("POST", link.removeprefix(HERE), files=files, headers=headers, **more)


def told(answer: httpx2.Response) -> tuple[str, str]:
    """The heading of a page and the text below it."""
    ((heading, body),) = re.findall(r"<h1>(.*?)</h1>(.*)</main>", answer.text, re.DOTALL)
    return unescape(heading), " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def picture(side: int = 40, kind: str = "PNG") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (side, side), (20, 60, 120)).save(output, kind)
    return output.getvalue()
