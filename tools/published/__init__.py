"""What each connection lists, as it was written down when the tools were last changed (`make docs`).

Describing the tools takes loading all that they work with. A client that has just connected is told from here; a test
holds this equal to what the tools say of themselves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp_types import ResourceTemplate, Tool
from pydantic import BaseModel

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Published:
    """The tools and the resource templates of a connection, in the order in which they are listed."""

    tools: tuple[Tool, ...]
    templates: tuple[ResourceTemplate, ...]


def file_of(*, dedicated: bool) -> Path:
    """Where it is written down."""
    return FOLDER / ("dedicated.json" if dedicated else "practice.json")


def read_published(*, dedicated: bool) -> Published:
    """What the practice connection or a dedicated one lists."""
    written = json.loads(file_of(dedicated=dedicated).read_text("utf-8"))
    return Published(
        tools=tuple(Tool.model_validate(one) for one in written["tools"]),
        templates=tuple(ResourceTemplate.model_validate(one) for one in written["resourceTemplates"]),
    )


def published_text(published: Published) -> str:
    """What is written down of it, a line for each thing that is listed."""
    lists = {"tools": published.tools, "resourceTemplates": published.templates}
    blocks = [f'"{name}": [\n{_lines(listed)}\n]' for name, listed in lists.items()]
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _lines(listed: Sequence[BaseModel]) -> str:
    return ",\n".join(json.dumps(_wire(one), ensure_ascii=False) for one in listed)


def _wire(one: BaseModel) -> dict[str, Any]:
    return one.model_dump(mode="json", by_alias=True, exclude_none=True)
