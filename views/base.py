"""What all views have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, WithJsonSchema

OBJECT_UNSPELT = WithJsonSchema({"type": "object"})
UNSPELT_OR_NULL = WithJsonSchema({"type": ["object", "null"]})
SEVERAL_UNSPELT = WithJsonSchema({"type": "array", "items": {"type": "object"}})
LIST_UNSPELT = WithJsonSchema({"type": "array"})
"""What an answer has and its published schema does not spell out: a model reads of it what it finds there."""


class View(BaseModel):
    """What is shown, as it was when it was looked up: nobody changes it afterwards."""

    model_config = ConfigDict(frozen=True)
