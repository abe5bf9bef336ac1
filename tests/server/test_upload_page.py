"""The page on which a file is chosen for one organization: what it says, what it takes, and that it takes it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.importing.tables import FILE_BYTES_MAX
from server.http.limits import Allowance
from server.pages.rendering import page_headers
from tests.support.door import door, get
from tests.support.folders import folder_of
from tests.support.http import BAKERY, HERE, House, house
from tests.support.uploads import CUSTOMERS, asked_for, look_at, picture, send_file, told

BOUNDARY = "b0undary"
SAFE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "content-security-policy": page_headers()["Content-Security-Policy"],
}


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


def kept(at_home: House) -> list[Path]:
    """The uploaded files that lie in the organization's folder."""
    folder = folder_of(at_home.one.books(at_home.bakery)) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


async def send_raw(
    at_home: House, link: str, body: bytes | AsyncIterator[bytes], content_type: str = ""
) -> httpx2.Response:
    headers = {"Origin": HERE, "Content-Type": content_type or f"multipart/form-data; boundary={BOUNDARY}"}
    return await at_home.site.send("POST", link.removeprefix(HERE), content=body, headers=headers)


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    named = f'; filename="{file_name}"' if file_name is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


# What it says


async def test_the_page_says_for_whose_books_a_file_is_wanted_and_what_it_is_to_be(at_home: House) -> None:
    asked = await asked_for(at_home)
    answer = await look_at(at_home, asked["link"])
    heading, text = told(answer)
    assert (answer.status_code, heading) == (200, "Choose a file: customers")
    assert f"Harbour Bakery {BAKERY}" in text
    assert "sandbox: to try things out" in text
    assert "CSV or XLSX, with the names of its columns" in text
    assert "at most 50 MiB" in text
    assert "open until 13:00 UTC" in text
    assert "Nothing is imported by sending it" in text
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert "<script" not in answer.text
    # Whoever sees nothing, or uses no mouse: the field has its name, and the form is one.
    assert '<label for="file">' in answer.text
    assert '<html lang="en">' in answer.text


async def test_a_name_on_the_page_is_text_and_no_markup(at_home: House) -> None:
    odd = await at_home.one.client("<b>Bold & Sons</b>")
    asked = await asked_for(at_home, organization=odd.handle)
    for answer in (await look_at(at_home, asked["link"]), await send_file(at_home, asked["link"], name="<i>x</i>.csv")):
        assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in answer.text
        assert "<b>" not in answer.text
        assert "<i>" not in answer.text


async def test_the_page_of_a_logo_speaks_of_a_picture_and_not_of_rows(at_home: House) -> None:
    # An incident: it said what each row would become.
    text = told(await look_at(at_home, (await asked_for(at_home, "logo"))["link"]))[1]
    assert "puts it on later documents when you say so" in text
    assert "A file that is not used is removed after an hour" in text
    assert "row" not in text
    assert "import" not in text


async def test_when_the_file_has_come_the_page_says_that_the_assistant_can_go_on(at_home: House) -> None:
    asked = await asked_for(at_home)
    sent = await send_file(at_home, asked["link"])
    for answer in (sent, await look_at(at_home, asked["link"])):
        heading, text = told(answer)
        assert (answer.status_code, heading) == (200, "The file has come")
        assert "the assistant can go on" in text
        assert f"customers.csv, {len(CUSTOMERS)} bytes" in text
        assert f"Harbour Bakery {BAKERY}" in text


async def test_the_name_of_a_file_is_shown_without_its_folders_and_in_one_line(at_home: House) -> None:
    asked = await asked_for(at_home)
    await send_raw(at_home, asked["link"], part("file", CUSTOMERS, "C:\\fakepath\\Kundenübersicht\x07.csv") + END)
    assert "Kundenübersicht?.csv, " in told(await look_at(at_home, asked["link"]))[1]


# What it takes


async def test_a_file_is_kept_whole_in_the_folder_of_its_organization(at_home: House) -> None:
    content = b"name\n" + b"".join(b"Customer %d\n" % number for number in range(300_000))
    asked = await asked_for(at_home)
    assert told(await send_file(at_home, asked["link"], content))[0] == "The file has come"
    (path,) = kept(at_home)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("customers", b"", "The file is empty"),
        ("customers", b" \n\n", "The file is empty"),
        ("customers", b"%PDF-1.7\n" + b"x" * 100, "The file is a PDF"),
        ("items", picture(), "The file is a picture"),
        ("series", b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel file"),
        ("logo", CUSTOMERS, "PNG or JPEG"),
        ("logo", b"", "The file is empty"),
    ],
)
async def test_another_kind_of_file_is_not_taken_and_the_page_still_waits(
    at_home: House, kind: str, content: bytes, said: str
) -> None:
    asked = await asked_for(at_home, kind)
    answer = await send_file(at_home, asked["link"], content)
    heading, text = told(answer)
    assert (answer.status_code, heading) == (400, "This file was not taken")
    assert said in text
    assert '<p role="alert">' in answer.text
    assert kept(at_home) == []
    good = picture() if kind == "logo" else CUSTOMERS
    assert told(await send_file(at_home, asked["link"], good))[0] == "The file has come"


async def test_a_file_that_is_too_large_is_not_taken(at_home: House) -> None:
    asked = await asked_for(at_home, "logo")
    answer = await send_file(at_home, asked["link"], picture() + b"x" * LOGO_BYTES_MAX)
    assert answer.status_code == 413
    assert "The file has more than 512 KiB" in told(answer)[1]
    asked = await asked_for(at_home)

    async def body() -> AsyncIterator[bytes]:
        yield part("file", b"name\n", "x.csv")
        for _ in range(FILE_BYTES_MAX // 1_048_576 + 1):
            yield b"x" * 1_048_576

    answer = await send_raw(at_home, asked["link"], body())
    assert answer.status_code == 413
    assert "The file has more than 50 MiB" in told(answer)[1]
    assert kept(at_home) == []


async def test_a_browser_that_goes_on_sending_what_is_too_large_hears_why(at_home: House) -> None:
    # With the connection closed at once, it would show an error of its own instead of the page.
    asked = await asked_for(at_home, "logo")
    body = part("file", picture() + b"x" * 3_000_000, "x.png") + END
    head = (
        f"POST {asked['link'].removeprefix(HERE)} HTTP/1.1",
        f"Host: {HERE.removeprefix('http://')}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    application = at_home.site.app
    assert application is not None

    async def begun_already(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for ended in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{ended}.complete"})

    async with door(begun_already, Allowance()) as at:
        wire = await at.knock("\r\n".join(head).encode() + body[:2_000_000])
        status, said = await wire.answer()
        assert (status, b"The file has more than 512 KiB" in said) == (413, True)
        await wire.send(body[2_000_000:] + get("/healthz").replace(b"door.example", HERE[7:].encode()))
        assert (await wire.answer())[0] == 200


async def test_ten_thousand_customers_come_in_through_the_page(at_home: House) -> None:
    rows = (f"Customer {number},GB,{number} High Street,SW1A 1AA,London" for number in range(10_000))
    content = "name,country,line1,postal_code,city\n" + "\n".join(rows)
    asked = await asked_for(at_home)
    await send_file(at_home, asked["link"], content.encode())
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        named = {"kind": "customers", "file": asked["file"], "organization": BAKERY}
        would = await chat.ok("import_records", **named | {"file": asked["link"]})
        assert (would["counts"]["created"], len(would["rows"]), would["left"]) == (10_000, 50, 9_950)
        done = await chat.ok("import_records", **named, dry_run=False)
        assert (done["written"], done["counts"]["created"]) == (True, 10_000)


async def test_what_surrounds_a_file_is_limited_too(at_home: House) -> None:
    asked = await asked_for(at_home, "logo")
    answer = await send_raw(at_home, asked["link"], part("file", picture(), "x.png") + END + b"x" * 1_000_000)
    assert answer.status_code == 400
    assert kept(at_home) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        END,
        part("file", CUSTOMERS, "one.csv") + part("file", CUSTOMERS, "two.csv") + END,
        part("file", CUSTOMERS, "one.csv") + part("more", CUSTOMERS, "two.csv") + END,
        part("other", CUSTOMERS, "one.csv") + END,
        part("file", CUSTOMERS) + END,
        part("file", CUSTOMERS, "cut-off.csv"),
        part("file", CUSTOMERS, "cut-off.csv")[:-40],
        part("note", b"x" * 5_000) + part("file", CUSTOMERS, "one.csv") + END,
        b"--other\r\n\r\n" + CUSTOMERS,
        part("file", f"\r\n--{BOUNDARY}x".encode() * 10_000, "almost-parts.csv") + END,
        b"x" * 100_000,
        f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 100_000,
        b"".join(part(f"n{number}", b"") for number in range(3)),
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_what_is_not_the_form_of_the_page_is_not_taken(at_home: House, body: bytes) -> None:
    asked = await asked_for(at_home)
    answer = await send_raw(at_home, asked["link"], body)
    assert (answer.status_code, told(answer)[0]) == (400, "This file was not taken")
    assert kept(at_home) == []
    assert told(await send_file(at_home, asked["link"]))[0] == "The file has come"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/csv",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        f"multipart/form-data; boundary={'x' * 300}",
    ],
)
async def test_another_content_type_is_not_taken(at_home: House, content_type: str) -> None:
    asked = await asked_for(at_home)
    answer = await send_raw(at_home, asked["link"], CUSTOMERS, content_type)
    assert (answer.status_code, told(answer)[0]) == (400, "This file was not taken")


async def test_whoever_leaves_in_the_middle_leaves_nothing(at_home: House) -> None:
    asked = await asked_for(at_home)
    events = iter(
        [
            {"type": "http.request", "body": part("file", CUSTOMERS, "x.csv")[:-20], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(events)

    async def send(event: Any) -> None:
        raise AssertionError(event)

    headers = [
        (b"host", HERE.removeprefix("http://").encode()),
        (b"content-type", f"multipart/form-data; boundary={BOUNDARY}".encode()),
    ]
    path = asked["link"].removeprefix(HERE)
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    assert at_home.site.app is not None
    await at_home.site.app(scope, receive, send)
    assert kept(at_home) == []
    assert told(await look_at(at_home, asked["link"]))[0] == "Choose a file: customers"


async def test_a_file_that_takes_too_long_is_not_kept(tmp_path: Path) -> None:
    async with house(tmp_path / "data", allowance=Allowance(upload_seconds=0)) as at_home:
        asked = await asked_for(at_home)

        async def body() -> AsyncIterator[bytes]:
            yield part("file", CUSTOMERS, "x.csv")
            await asyncio.Event().wait()

        answer = await send_raw(at_home, asked["link"], body())
        assert answer.status_code == 408
        assert kept(at_home) == []


async def test_no_more_files_come_in_at_once_than_may(tmp_path: Path) -> None:
    async with house(tmp_path / "data", allowance=Allowance(uploads_each=0)) as at_home:
        asked = await asked_for(at_home)
        answer = await send_file(at_home, asked["link"])
        assert (answer.status_code, told(answer)[0]) == (429, "Too many files at once")
        assert answer.headers["retry-after"] == "5"
