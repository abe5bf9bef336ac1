"""A host elsewhere, that is asked over HTTPS: a real server on loopback under any name, and a guard that lets it be."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.oauth.fetching import OF_STRANGERS, Guard
from server.oauth.networks import Address, is_public

NAMES = ("programs.example", "login.example", "rogue.example")
"""What the certificate of the server is for."""
LOOPBACK = ip_address("127.0.0.1")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered; `raw` stands for the whole answer, where the form itself is at fault."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    raw: bytes = b""

    def bytes(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {value}" for name, value in self.headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "Connection: close", "", ""])
        return self.raw or head.encode() + self.body


def told(value: object, status: int = 200) -> Told:
    return Told(json.dumps(value).encode(), status)


Answering = Callable[[Asked], Awaitable[Told]]


@dataclass(slots=True)
class Resolved:
    """A resolver whose answers are written down beforehand, one after the other; the last is given from then on."""

    answers: Sequence[Sequence[Address]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def reaching(port: int, *answers: Sequence[Address], milliseconds: int = 5_000) -> tuple[Guard, Resolved]:
    """The guard of what strangers name, but that loopback counts as public and the server's port as that of HTTPS."""
    resolved = Resolved(answers or [[LOOPBACK]])
    guard = replace(
        OF_STRANGERS,
        admits=lambda address: address == LOOPBACK or is_public(address),
        resolve=resolved,
        trust=trusting,
        https_port=port,
        milliseconds=milliseconds,
    )
    return guard, resolved


@asynccontextmanager
async def served(answering: Answering) -> AsyncIterator[int]:
    """A server on loopback; answers its port."""

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write((await answering(await _read(reader))).bytes())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(attend, "127.0.0.1", 0, ssl=_serving())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@cache
def trusting() -> ssl.SSLContext:
    """What trusts the server's certificate, and no other."""
    return ssl.create_default_context(cadata=_certificate()[0])


@cache
def _serving() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_text("".join(_certificate()), "ascii")
        context.load_cert_chain(path)
    return context


@cache
def _certificate() -> tuple[str, str]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(one) for one in NAMES])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"), private.decode("ascii")
