"""What a person does through a connection of a client program is on record with the program's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from invoicing.organizations import CredentialKind
from operations.access import open_books, standing_of
from operations.configuration.configuring import get_history
from operations.reports.asking import ReportRequest, get_report
from operations.rights import Right
from tests.support.practice import practice

THROUGH = "owner@example.com via Claude / odd"


async def test_the_audit_trail_and_documents_name_the_person_and_the_program(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery")
        program: dict[str, Any] = {
            "credential": CredentialKind.CONNECTION,
            "credential_id": "crd_1",
            "program": "Claude\nodd",
        }
        connected = replace(one.office, principal=replace(one.principal, **program))
        books = open_books(connected, client, Right.ISSUE)
        customer = await one.customer(books)
        issued = await one.issue(books, customer.id)
        trail = (await get_report(books, ReportRequest(report="audit_trail", limit=100))).report
        assert sum(f" {THROUGH}: " in row.label for row in trail.rows) == 2
        assert all("\n" not in row.label for row in trail.rows)
        assert issued.document.number
        history = await get_history(one.books(client), cursor="", limit=100)
        assert {entry.by for entry in history.items} <= {"owner@example.com", THROUGH}


async def test_what_a_person_is_and_prepares_does_not_depend_on_the_program(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery")
        connected = replace(one.principal, credential=CredentialKind.CONNECTION, program="Claude")
        direct, through = (
            open_books(replace(one.office, principal=principal), client, Right.DRAFT)
            for principal in (one.principal, connected)
        )
        assert through.acting == direct.acting
        assert standing_of(connected, client) is standing_of(one.principal, client)
