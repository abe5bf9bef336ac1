"""Client programs: those that register, and those that describe themselves in a document of their own."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from operations.access import Office
from operations.credentials import digest_of, random_text
from storage.directory import client_programs
from storage.directory.client_programs import HAS_SECRET, ClientProgram

PROGRAM = "cfp_"
"""What the ids of programs that registered begin with."""
UNUSED_MAX = 2_000
UNUSED_LIFETIME = timedelta(hours=24)
DISUSED_LIFETIME = timedelta(days=400)


async def register_program(office: Office, program: ClientProgram) -> tuple[ClientProgram, str]:
    """Keep a program that registers, under an id of ours; answers it and its secret, empty where it has none."""
    secret = random_text() if program.method in HAS_SECRET else ""
    kept = replace(program, id=f"{PROGRAM}{random_text()}", secret_digest=digest_of(secret) if secret else "")
    await _keep(office, kept)
    return kept, secret


async def remember_program(office: Office, program: ClientProgram) -> None:
    """Keep what a program says of itself in its document, until `fresh_until`."""
    await _keep(office, program)


async def known_program(office: Office, program_id: str) -> ClientProgram | None:
    """The program of this id, if it is known."""
    return await office.store.directory.read(lambda db: client_programs.find_program(db, program_id))


async def count_assertion(office: Office, program_id: str, assertion_id: str, *, expires_at: datetime) -> bool:
    """Count a signed statement of a program; false where it was counted before."""
    digest, now = digest_of(f"{program_id} {assertion_id}"), office.latest()
    return await office.store.directory.write(
        lambda db: client_programs.count_assertion(db, digest, expires_at=expires_at, now=now)
    )


def has_secret(program: ClientProgram, secret: str) -> bool:
    """Whether this is the program's secret."""
    return bool(program.secret_digest) and hmac.compare_digest(program.secret_digest, digest_of(secret))


def forget_programs(db: Session, now: datetime) -> None:
    """Forget programs that nobody allowed anything within a day, and those whose last connection ended long ago."""
    client_programs.forget_programs(
        db, now=now, unused_since=now - UNUSED_LIFETIME, disused_since=now - DISUSED_LIFETIME
    )


async def _keep(office: Office, program: ClientProgram) -> None:
    now = office.latest()
    await office.store.directory.write(
        lambda db: client_programs.keep_program(db, program, now=now, unused_max=UNUSED_MAX)
    )
