"""What a document to be says is declared once, and both tools take it argument by argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from inspect import signature
from typing import Any

import pytest

from invoicing.document.details import DOCUMENT, LINE, Detail, part_of
from invoicing.document.requested import RequestedDocument, RequestedLine
from tools import draft_invoice, issue_invoice
from tools.description import Description
from tools.invoice_arguments import InvoiceArguments
from tools.line_inputs import LineInput

# How tax is rounded is the organization's setting, and no argument.
SETTINGS = {"rounding"}


@pytest.mark.parametrize("tool", [draft_invoice.TOOL, issue_invoice.TOOL], ids=lambda tool: tool.name)
def test_both_tools_take_every_argument_of_a_document(tool: Description) -> None:
    taken = signature(tool.function).parameters
    assert [name for name in taken if name in InvoiceArguments.model_fields] == list(InvoiceArguments.model_fields)
    assert "document" not in taken


def test_every_field_of_a_requested_document_is_an_argument_or_a_detail() -> None:
    asked = {field.name for field in fields(RequestedDocument)}
    in_details = {detail.sets.partition(".")[0] for detail in DOCUMENT.values()}
    assert (set(InvoiceArguments.model_fields) | in_details) - {"copy_of", "details"} == asked - SETTINGS


def test_every_field_of_a_requested_line_is_an_argument_or_a_detail() -> None:
    in_details = {detail.sets.partition(".")[0] for detail in LINE.values()}
    assert (set(LineInput.model_fields) | in_details) - {"details"} == {field.name for field in fields(RequestedLine)}


@pytest.mark.parametrize(("kind", "table"), [(RequestedDocument, DOCUMENT), (RequestedLine, LINE)])
def test_a_detail_sets_a_field_that_there_is(kind: type[Any], table: Mapping[str, Detail]) -> None:
    for name, detail in table.items():
        held: Any = kind
        for field in detail.sets.split("."):
            assert field in held.__dataclass_fields__, name
            held = part_of(held, field)


def test_what_is_taken_without_being_listed_can_be_said_in_details() -> None:
    """A strict client sends what the schema lists, and nothing else."""
    listed = draft_invoice.TOOL.for_practice().parameters["properties"]
    assert set(InvoiceArguments.model_fields) - set(listed) <= set(DOCUMENT)
    assert set(LineInput.model_fields) - set(listed["lines"]["items"]["properties"]) <= set(LINE)


def test_details_that_a_schema_names_are_there() -> None:
    listed = draft_invoice.TOOL.for_practice().parameters["properties"]
    for details, table in ((listed["details"], DOCUMENT), (listed["lines"]["items"]["properties"]["details"], LINE)):
        named = details["description"].removesuffix(", ...").split(", ")
        assert set(named) <= set(table)


def test_what_draft_invoice_describes_is_not_described_again() -> None:
    schema = issue_invoice.TOOL.for_practice().parameters["properties"]
    assert "description" not in schema["customer"]
    assert draft_invoice.TOOL.for_practice().parameters["properties"]["customer"]["description"] == "Id or exact name"
