"""Two practices, made once for all the tests by which a client leaves one of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import Role
from operations.files import render_document
from operations.membership import invite_user
from tests.support.leaving import issue
from tests.support.practice import practice


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two practices in folders of their own; the first has a client with an invoice, its PDF, a key and a person."""

    async def make(folder: Path) -> Path:
        async with practice(folder / "old") as one:
            client = await one.client("Harbour Bakery")
            await one.client("Finch Studio")
            books = one.books(client)
            await issue(one, client)
            await render_document(books, "TEST-INV-2026-00001", file_format="pdf")
            await invite_user(one.office, client, "baker@example.com", role=Role.CLIENT)
        async with practice(folder / "new"):
            pass
        return folder

    return anyio.run(make, tmp_path_factory.mktemp("made"))


@pytest.fixture
def both(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path
