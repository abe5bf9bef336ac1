"""The lines, discounts and charges of a document to be, as arguments."""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import Annotated, Literal

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.details import with_line_details
from invoicing.document.documents import Supply
from invoicing.document.making import maker
from invoicing.document.requested import RequestedAdjustment, RequestedLine, RequestedLineAdjustment
from tools.inputs import (
    DecimalArgument,
    DetailsArgument,
    FlagInput,
    OptionalDate,
    OptionalDecimal,
    PartInput,
    Several,
    TagsArgument,
    said_details,
)

_IN_DETAILS = frozenset({"discount_amount", "charge_amount", "supply_date", "supply_end", "order_line"})


class LineAdjustmentInput(PartInput):
    """A discount or charge of one line of a document to be, besides its simple ones."""

    kind: Literal["discount", "charge"]
    reason: str = ""
    reason_code: str = ""
    percent: OptionalDecimal = None
    amount: OptionalDecimal = None
    base: OptionalDecimal = None
    of_rest: FlagInput = False

    def requested(self) -> RequestedLineAdjustment:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return RequestedLineAdjustment(**values | {"kind": AdjustmentKind(self.kind)})


class LineInput(PartInput):
    """A line of a document to be. The schema does not spell out what `details` can say too."""

    item: str = Field(default="", description="Id or exact name; gives what the line leaves out")
    description: str = ""
    quantity: DecimalArgument
    unit: str = ""
    unit_price: OptionalDecimal = None
    tax_code: str = ""
    supply: Literal["goods", "services"] | None = None
    discount_percent: DecimalArgument = Decimal(0)
    discount_amount: OptionalDecimal = None
    charge_amount: OptionalDecimal = None
    supply_date: OptionalDate = None
    supply_end: OptionalDate = None
    order_line: str = ""
    dimensions: TagsArgument = ()
    adjustments: Annotated[Several[LineAdjustmentInput] | None, SkipJsonSchema()] = None
    details: Annotated[
        DetailsArgument, Field(description="note, order_line, buyer_item, supply_date, supply_end, charge_amount, ...")
    ] = None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, known: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = known.resolve_ref_schema(known(core))
        schema["properties"] = {name: one for name, one in schema["properties"].items() if name not in _IN_DETAILS}
        return schema

    def requested(self, index: int) -> RequestedLine:
        """The line as it is asked for; `index` is from 0.

        Raises:
            InvalidInput: a detail that lines do not have, or that is given twice.
        """
        values = vars(self) | {
            "item": self.item.strip(),
            "supply": Supply(self.supply) if self.supply else None,
            "adjustments": tuple([one.requested() for one in self.adjustments or ()]),
        }
        line = _requested_line(_said_by(values))
        return with_line_details(line, said_details(self.details), index=index) if self.details else line


_SAID = tuple(name for name in LineInput.model_fields if name != "details")
_said_by = itemgetter(*_SAID)
_requested_line = maker(RequestedLine, _SAID)


class AdjustmentInput(PartInput):
    """A discount or charge of a whole document to be."""

    kind: Literal["discount", "charge"]
    reason: str
    percent: OptionalDecimal = None
    amount: OptionalDecimal = None
    tax_code: str = Field(default="", description="Else split over all")
    reason_code: Annotated[str, SkipJsonSchema()] = ""
    base: Annotated[OptionalDecimal, SkipJsonSchema()] = None

    def requested(self) -> RequestedAdjustment:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return RequestedAdjustment(**values | {"kind": AdjustmentKind(self.kind)})
