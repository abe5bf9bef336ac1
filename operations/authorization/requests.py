"""What a client program asks for: it waits until the person at the browser that brought it has decided."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from operations.access import Office
from operations.authorization.scopes import Asked, words_asked, words_text
from operations.credentials import digest_of, random_text
from storage.directory import authorization_requests, client_programs
from storage.directory.authorization_requests import AuthorizationRequest
from storage.directory.client_programs import ClientProgram

REQUEST_LIFETIME = timedelta(minutes=30)
REQUESTS_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a client program asks for, found in order. `audience` is the connection's canonical URL, and `handle` its
    organization's, empty for the connection to all: it may be one that there is not.
    """

    client_id: str
    redirect_uri: str
    audience: str
    handle: str
    words: frozenset[Asked]
    state: str
    challenge: str
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits, with the program that makes it."""

    request: AuthorizationRequest
    program: ClientProgram

    @property
    def words(self) -> frozenset[Asked]:
        return words_asked(self.request.scopes) or frozenset()


async def begin_request(office: Office, new: NewRequest, browser: str) -> str:
    """Let a request wait, and answer its secret. `browser` is a secret that the browser keeps: it waits in no other."""
    secret, now = random_text(), office.latest()
    request = AuthorizationRequest(
        digest=digest_of(secret),
        browser_digest=digest_of(browser),
        client_id=new.client_id,
        redirect_uri=new.redirect_uri,
        audience=new.audience,
        handle=new.handle,
        scopes=words_text(new.words),
        state=new.state,
        challenge=new.challenge,
        prompt=new.prompt,
        created_at=now,
        expires_at=now + REQUEST_LIFETIME,
    )
    await office.store.directory.write(
        lambda db: authorization_requests.add_request(db, request, requests_max=REQUESTS_MAX)
    )
    return secret


async def waiting_request(office: Office, secret: str, browser: str) -> Waiting | None:
    """The request of this secret, where it still waits in this browser."""
    now = office.latest()

    def work(db: Session) -> Waiting | None:
        request = authorization_requests.find_request(db, digest_of(secret), now=now)
        if request is None or not is_browser_of(request, browser):
            return None
        program = client_programs.find_program(db, request.client_id)
        return None if program is None else Waiting(request, program)

    return await office.store.directory.read(work)


async def deny(office: Office, waiting: Waiting) -> bool:
    """Let a request wait no longer; whether it still did."""
    digest = waiting.request.digest
    return await office.store.directory.write(lambda db: authorization_requests.forget_request(db, digest))


def is_browser_of(request: AuthorizationRequest, browser: str) -> bool:
    """Whether the request was brought by the browser that keeps this secret."""
    return hmac.compare_digest(request.browser_digest, digest_of(browser))
