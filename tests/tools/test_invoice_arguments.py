"""What a document to be says is declared once, and both tools take it argument by argument."""

from __future__ import annotations

from dataclasses import fields
from inspect import signature

import pytest

from invoicing.document.requested import RequestedDocument
from tools import draft_invoice, issue_invoice
from tools.description import Description
from tools.invoice_arguments import InvoiceArguments

# How tax is rounded is the organization's setting, and no argument.
SETTINGS = {"rounding"}


@pytest.mark.parametrize("tool", [draft_invoice.TOOL, issue_invoice.TOOL], ids=lambda tool: tool.name)
def test_both_tools_take_every_argument_of_a_document(tool: Description) -> None:
    taken = signature(tool.function).parameters
    assert [name for name in taken if name in InvoiceArguments.model_fields] == list(InvoiceArguments.model_fields)
    assert "document" not in taken


def test_every_field_of_a_requested_document_is_an_argument() -> None:
    asked = {field.name for field in fields(RequestedDocument)}
    assert set(InvoiceArguments.model_fields) - {"copy_of"} == asked - SETTINGS


def test_what_draft_invoice_describes_is_not_described_again() -> None:
    schema = issue_invoice.TOOL.for_practice().parameters["properties"]
    assert "description" not in schema["customer"]
    assert draft_invoice.TOOL.for_practice().parameters["properties"]["customer"]["description"] == "Id or exact name"
