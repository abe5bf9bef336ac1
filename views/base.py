"""What all views have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """What is shown, as it was when it was looked up: nobody changes it afterwards."""

    model_config = ConfigDict(frozen=True)
