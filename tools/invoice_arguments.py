"""The arguments that `draft_invoice` and `issue_invoice` share: what a document to be says, declared once.

A tool takes them as one value, and its clients send each by its name: `spread` gives the function the signature that
the SDK makes the schema of.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, WithJsonSchema

from invoicing.document.details import with_document_details
from invoicing.document.requested import RequestedDocument
from operations.drafts import DraftRequest
from tools.inputs import (
    DetailsArgument,
    OptionalDate,
    OptionalDecimal,
    Several,
    said_details,
)
from tools.line_inputs import AdjustmentInput, LineInput

T = TypeVar("T")


_NO_FIELDS = frozenset({"copy_of", "details"})
IN_DETAILS = frozenset({"supply_end", "withholding", "exchange_rate", "exchange_date", "exchange_source", "series"})
"""What `details` can say too: these arguments are taken, and no schema lists them."""


class InvoiceArguments(BaseModel):
    """What a document to be says."""

    customer: Annotated[str, Field(description="Id or exact name")] = ""
    lines: Several[LineInput] | None = None
    issue_date: OptionalDate = None
    due_date: OptionalDate = None
    payment_terms: str = ""
    currency: str = ""
    prices_include_tax: bool | None = None
    note: str = ""
    supply_date: OptionalDate = None
    supply_end: OptionalDate = None
    purchase_order: str = ""
    copy_of: Annotated[str, Field(description="Id or number; fills what is left out")] = ""
    adjustments: Several[AdjustmentInput] | None = None
    withholding: str = ""
    details: Annotated[
        DetailsArgument,
        Field(
            description="buyer_reference, delivery, attachment, exchange_rate, supply_end, withholding, fund,"
            " series, former_invoice, payment_means, ..."
        ),
    ] = None
    exchange_rate: OptionalDecimal = None
    exchange_date: OptionalDate = None
    exchange_source: str = ""
    series: str = ""

    def request(self, *, draft: str = "") -> DraftRequest:
        """The arguments as one request; `draft` is the one to replace.

        Raises:
            InvalidInput: a detail that there is not, or that is given twice.
        """
        values = {name: getattr(self, name) for name in type(self).model_fields if name not in _NO_FIELDS}
        document = RequestedDocument(
            **values
            | {
                "customer": self.customer.strip(),
                "lines": tuple(line.requested(index) for index, line in enumerate(self.lines or ())),
                "adjustments": tuple(adjustment.requested() for adjustment in self.adjustments or ()),
            }
        )
        document = with_document_details(document, said_details(self.details))
        return DraftRequest(document=document, copy_of=self.copy_of.strip(), draft=draft.strip())


NOTHING = InvoiceArguments().request()
"""The request of a call that gives none of these arguments."""


def spread(*, described: bool) -> Callable[[Callable[..., Awaitable[T]]], Callable[..., Awaitable[T]]]:
    """Let a tool whose parameter `document` is an `InvoiceArguments` take each of these by its name, in its place.

    `described` false leaves their descriptions out, because another tool's schema has them.
    """

    def spread_over(tool: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        async def call(**arguments: Any) -> T:
            # What the schema says was checked before; what was left out has its default.
            named = {name: arguments.pop(name) for name in InvoiceArguments.model_fields if name in arguments}
            return await tool(**arguments, document=InvoiceArguments.model_construct(**named))

        hints = get_type_hints(tool, include_extras=True)
        given = [one.replace(annotation=hints[one.name]) for one in signature(tool).parameters.values()]
        parameters = [
            one.replace(kind=Parameter.KEYWORD_ONLY)
            for parameter in given
            for one in (_document_parameters(described) if parameter.name == "document" else [parameter])
        ]
        call.__name__, call.__qualname__, call.__module__ = tool.__name__, tool.__qualname__, tool.__module__
        call.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": hints["return"]}
        call.__signature__ = Signature(parameters, return_annotation=hints["return"])  # type: ignore[attr-defined]  # The SDK reads it.
        return call

    return spread_over


def _document_parameters(described: bool) -> list[Parameter]:
    hints = get_type_hints(InvoiceArguments, include_extras=True)
    return [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[name] if described else _undescribed(name, hints[name]),
        )
        for name, field in InvoiceArguments.model_fields.items()
    ]


_LINES_IN_SHORT = WithJsonSchema(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                name: {"type": "string"}
                for name in ("item", "description", "quantity", "unit_price", "tax_code", "discount_percent")
            },
            "required": ["quantity"],
        },
    }
)
"""Lines take all that the other tool's schema spells out."""


def _undescribed(name: str, hint: Any) -> Any:
    """A type without its description."""
    if name == "lines":
        return Annotated[hint, _LINES_IN_SHORT]
    if get_origin(hint) is not Annotated:
        return hint
    bare, *marks = get_args(hint)
    kept = [mark for mark in marks if not getattr(mark, "description", None)]
    return Annotated[bare, *kept] if kept else bare
