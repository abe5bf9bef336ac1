"""Identifiers: opaque, prefixed by kind, and in order of time (UUIDv7, RFC 9562)."""

from __future__ import annotations

import secrets

import uuid_utils


def new_id(prefix: str) -> str:
    """A new identifier such as `cus_0190163d8694739ea9cff3b48f3f1c4b`."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def new_organization_id() -> str:
    """The id of a new organization, which is also the name of its folder: a UUIDv7 in its usual form."""
    return str(uuid_utils.uuid7())


def new_session_id() -> str:
    """A session identifier of 160 random bits: nobody comes upon another's by chance."""
    return f"ses_{secrets.token_hex(20)}"
