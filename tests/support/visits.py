"""A person at Counterfoil's pages, as a browser would be: a cookie, and forms with the key of its session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx2
from sqlmodel import col, select

from invoicing.text.codes import small_letters
from operations.access import Office
from operations.identity import browsing
from operations.identity.browsing import Method, SignedIn
from server.pages.cookies import SessionCookie
from storage.directory.tables import Organization
from tests.support import identity
from tests.support.http import Site


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at a site, whose pages stand on what `office` does."""

    office: Office
    site: Site
    secret: str
    signed_in: SignedIn

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{SessionCookie.of(self.site.url).name}={self.secret}"}

    async def get(self, path: str) -> httpx2.Response:
        return await self.site.send("GET", path, headers=self.cookie)

    async def post(self, path: str, **fields: str | list[str]) -> httpx2.Response:
        """Send the form of a page, which is of the organization that the address names, where it names one."""
        headers = {**self.cookie, "Origin": self.site.url}
        whose = await self._organization_at(path)
        data: Any = {"form_key": self.signed_in.form_key, "mark": browsing.new_mark(), "organization": whose, **fields}
        return await self.site.send("POST", path, headers=headers, data=data)

    async def send_file(self, path: str, name: str, content: str, **fields: str) -> httpx2.Response:
        """Send the form of a page that takes a file."""
        headers = {**self.cookie, "Origin": self.site.url}
        whose = await self._organization_at(path)
        data: Any = {"form_key": self.signed_in.form_key, "mark": browsing.new_mark(), "organization": whose, **fields}
        return await self.site.send("POST", path, data=data, files={"file": (name, content.encode())}, headers=headers)

    async def _organization_at(self, path: str) -> str:
        room, _, rest = path.lstrip("/").partition("/")
        if room not in {"o", "practice"}:
            return ""
        handle = small_letters(rest.partition("/")[0])
        known = select(Organization.id).where(col(Organization.handle) == handle)
        return await self.office.store.directory.read(lambda db: str(db.execute(known).scalar() or ""))


async def sign_in(site: Site, office: Office, method: Method = Method.PASSKEY) -> Visit:
    """The principal of this office, signed in."""
    secret = await identity.sign_in(office, method)
    return Visit(office, site, secret, await identity.person_at(office, secret))


def heading_of(answer: httpx2.Response) -> str:
    (heading,) = re.findall(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    return unescape(heading)


def text_of(answer: httpx2.Response) -> str:
    """What a page says below its heading, with one blank between words."""
    (body,) = re.findall(r"</h1>(.*)</main>", answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
