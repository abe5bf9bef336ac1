"""An export over several clients: one archive of the practice, a folder for each, and nobody left out in silence."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import BlobResourceContents, ResourceTemplateReference

from operations.exports_of_clients import CLIENTS_EXPORTED_MAX
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization
from storage.books.pool import BOOKS_FILE
from tests.support.assistant import ERAS, Assistant, Era, assistant, text_of
from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, house
from tests.support.people import archive, colleague, in_the_directory
from tests.support.practice import Practice, practice
from tests.support.raw import take_away
from tools import uris


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Practice]:
    """Two clients with an invoice each."""
    async with practice(tmp_path / "data") as one:
        for name in ("Harbour Bakery", "Finch Studio"):
            books = one.books(await one.client(name))
            await one.issue(books, (await one.customer(books)).id)
        yield one


@pytest.mark.parametrize("era", ERAS)
async def test_each_client_has_a_folder_with_its_own_export(office: Practice, era: Era) -> None:
    async with assistant(office.office, era) as chat:
        result = await chat.call("export_documents", format="csv", clients="all")
        lines = text_of(result).splitlines()
        assert lines[0] == "Ledger & Co (ledger-co-sandbox)"
        assert lines[1].startswith("2 documents of 2 clients, a folder each: ")
        assert lines[3] == f"{FINCH}, {BAKERY}"
        made: dict[str, Any] = result.structured_content or {}
        assert Path(made["link"]).is_relative_to(folder_of(office.books(office.organization)))
        held, manifest = contents(Path(made["link"]))
        assert [(one["handle"], one["count"], one["refused"]) for one in manifest["clients"]] == [
            (FINCH, 1, ""),
            (BAKERY, 1, ""),
        ]
        for one in manifest["clients"]:
            alone = await chat.ok("export_documents", format="csv", organization=one["handle"])
            assert hashlib.sha256(held[one["file"]]).hexdigest() == alone["sha256"]
        rows = list(csv.DictReader(held["overview.csv"].decode("utf-8-sig").splitlines()))
        assert [(row["key"], row["open"], row["is_total"]) for row in rows] == [
            (FINCH, "30.00", "false"),
            (BAKERY, "30.00", "false"),
            ("", "60.00", "true"),
        ]
        again = await chat.ok("export_documents", format="csv", clients=[FINCH, BAKERY.upper(), FINCH])
        assert (again["sha256"], again["link"]) == (made["sha256"], made["link"])
    assert (await verify_books(office.books(office.organization, Right.READ))).problem == ""


async def test_reports_and_pdfs_go_into_folders_too(office: Practice) -> None:
    async with assistant(office.office) as chat:
        aging = await chat.ok("export_documents", format="xlsx", report="receivables_aging", clients="all")
        held, _ = contents(Path(aging["link"]))
        assert sorted(name.partition("/")[0] for name in held if "/" in name) == [FINCH, BAKERY]
        pdfs = await chat.ok("export_documents", format="pdf", clients=[BAKERY])
        held, _ = contents(Path(pdfs["link"]))
        assert [name.endswith(".zip") for name in held if "/" in name] == [True]


async def test_who_is_archived_or_cannot_be_exported_is_named_and_keeps_nobody_from_it(office: Practice) -> None:
    old, damaged = await office.client("Old Shop"), await office.client("Damaged Shop")
    archive(office, old)
    take_away(folder_of(office.books(damaged)) / BOOKS_FILE)
    async with assistant(office.office) as chat:
        handles = [old.handle, damaged.handle, BAKERY]
        result = await chat.call("export_documents", format="csv", clients=handles)
        assert f"{old.handle} is archived." in text_of(result)
        assert f"Not in it: {damaged.handle}: The books of {damaged.handle} are out of service" in text_of(result)
        _, manifest = contents(Path((result.structured_content or {})["link"]))
        told = {
            one["handle"]: (one["archived"], bool(one["file"]), bool(one["refused"])) for one in manifest["clients"]
        }
        assert told == {
            old.handle: (True, True, False),
            damaged.handle: (False, False, True),
            BAKERY: (False, True, False),
        }
        everyone = text_of(await chat.call("export_documents", format="csv", clients=["all"]))
        assert old.handle not in everyone
        refused = await chat.refused("export_documents", format="csv", clients=[damaged.handle])
        assert refused["code"] == "unavailable"


async def test_what_fits_nobody_is_refused_whole(office: Practice) -> None:
    async with assistant(office.office) as chat:

        async def fault(**asked: Any) -> tuple[str, str]:
            error = await chat.refused("export_documents", **({"format": "csv", "clients": "all"} | asked))
            return error["code"], error["field"]

        assert await fault(format="docx") == ("invalid_input", "format")
        assert await fault(period="2026") == ("invalid_input", "period")
        assert await fault(clients=["nobody"]) == ("not_found", "clients")
        assert await fault(clients=[office.organization.handle]) == ("invalid_input", "clients")
        assert await fault(organization=BAKERY) == ("not_found", "organization")
        assert (await chat.ok("export_documents", format="csv", clients="all", organization="ledger-co-sandbox"))[
            "count"
        ]
    async with assistant(office.office, organization=BAKERY) as chat:
        assert (await chat.refused("export_documents", format="csv", clients=[BAKERY]))["field"] == "clients"


async def test_more_clients_than_an_archive_holds_are_refused_before_anything_is_made(office: Practice) -> None:
    limited = await colleague(office, office.organization, "viewer")
    async with assistant(limited) as chat:
        handles = [f"{number}" for number in range(CLIENTS_EXPORTED_MAX + 1)]
        assert (await chat.refused("export_documents", format="csv", clients=handles))["code"] == "limit_exceeded"


@pytest.mark.parametrize("era", ERAS)
async def test_over_http_its_link_ends_with_the_credential(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home:
        token = await home.credentials.token()
        async with home.site.chat(token, era=era) as chat:
            made = await chat.ok("export_documents", format="csv", clients="all")
        async with home.site.http() as http:
            answered = await http.get(made["link"])
            assert hashlib.sha256(answered.content).hexdigest() == made["sha256"]
            await home.credentials.revoke("token", token)
            assert (await http.get(made["link"])).status_code == 404


@pytest.mark.parametrize("era", ERAS)
async def test_an_archive_is_there_for_persons_who_reach_every_client_in_it_and_for_nobody_else(
    office: Practice, era: Era
) -> None:
    bakery = await find_organization(office.office, BAKERY)
    limited = [
        await colleague(office, office.organization, role, all_clients=False, clients=[bakery])
        for role in ("accountant", "viewer")
    ]
    async with assistant(office.office, era) as chat:
        await chat.ok("export_documents", format="csv", clients=[BAKERY])
        await chat.ok("export_documents", format="csv", clients="all")
        await chat.ok("export_documents", format="csv", organization="ledger-co-sandbox")
        alone, both, own = reversed(await completed(chat))
        assert {name.partition("/")[0] for name in names_in(await read(chat, both)) if "/" in name} == {BAKERY, FINCH}
    for one in limited:
        async with assistant(one, era) as chat:
            assert await completed(chat) == [own, alone]
            assert BAKERY in str(names_in(await read(chat, alone)))
            assert await read(chat, both) == await read(chat, "fil_" + "0" * 32)
    # It goes by the reach of this moment: the file of the one client is out of it as well now.
    in_the_directory(office, "DELETE FROM membership_clients WHERE user_id = ?", limited[0].principal.user_id)
    async with assistant(limited[0], era) as chat:
        assert await completed(chat) == [own]
        assert await read(chat, alone) == await read(chat, "fil_" + "0" * 32)
    async with assistant(office.office, era, organization="ledger-co-sandbox") as chat:
        # This connection is to the practice alone.
        assert await completed(chat) == [own]
        assert await read(chat, both) == await read(chat, "fil_" + "0" * 32)


@pytest.mark.parametrize("era", ERAS)
async def test_keys_and_links_of_the_practice_read_no_archive(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home:
        practice_, made = home.one.organization, home.credentials
        secret = await made.token()
        async with home.site.chat(secret, era=era) as chat:
            await chat.ok("export_documents", format="csv", clients="all")
            (both,) = await completed(chat)
            assert names_in(await read(chat, both))
        doors = (await made.key(practice_), "/mcp"), ("", f"/mcp/k/{await made.link(practice_)}")
        for given, path in doors:
            async with home.site.chat(given, path, era) as chat:
                assert await completed(chat) == []
                assert await read(chat, both) == await read(chat, "fil_" + "0" * 32)


async def test_its_link_ends_with_the_reach_of_a_client(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        one = home.one
        staff = await colleague(
            one, one.organization, "accountant", all_clients=False, clients=[home.bakery, home.finch]
        )
        token = await home.credentials.token(staff.principal.label)
        async with home.site.chat(token) as chat:
            made = await chat.ok("export_documents", format="csv", clients="all")
            alone = await chat.ok("export_documents", format="csv", organization=BAKERY)
        async with home.site.http() as http:
            assert (await http.get(made["link"])).status_code == 200
            statement = "DELETE FROM membership_clients WHERE user_id = ? AND organization_id = ?"
            in_the_directory(one, statement, staff.principal.user_id, home.finch.id)
            gone, never = await http.get(made["link"]), await http.get("/files/nothing")
            assert (gone.status_code, gone.text) == (never.status_code, never.text)
            assert (await http.get(alone["link"])).status_code == 200


async def completed(chat: Assistant) -> list[str]:
    """The ids of the practice's exports that are offered."""
    templates = (await chat.client.list_resource_templates()).resource_templates
    (template,) = [one.uri_template for one in templates if "exports" in one.uri_template]
    found = await chat.client.complete(
        ResourceTemplateReference(uri=template),
        {"name": "export", "value": ""},
        context_arguments={"organization": "ledger-co-sandbox"},
    )
    return list(found.completion.values)


async def read(chat: Assistant, export: str) -> str:
    """The file as it is read from the practice, in base64, or what the refusal says without the name in it."""
    try:
        result = await chat.client.read_resource(uris.export_uri("ledger-co-sandbox", export))
    except MCPError as error:
        return json.dumps(error.error.model_dump(mode="json")).replace(export, "")
    (content,) = result.contents
    assert isinstance(content, BlobResourceContents)
    return content.blob


def names_in(blob: str) -> list[str]:
    with ZipFile(io.BytesIO(base64.b64decode(blob))) as opened:
        return opened.namelist()


def contents(path: Path) -> tuple[dict[str, bytes], Any]:
    """What is in an archive by its name, as its sums say, and the manifest."""
    with ZipFile(path) as opened:
        held = {name: opened.read(name) for name in opened.namelist()}
    lines = [line.partition("  ") for line in held["SHA256SUMS"].decode().splitlines()]
    sums = {name: digest for digest, _, name in lines}
    assert sums == {name: hashlib.sha256(held[name]).hexdigest() for name in held if name != "SHA256SUMS"}
    return held, json.loads(held["manifest.json"])
