"""Each schema of an answer is checked once in a process, and not in each conversation again.

The SDK's client checks the schema of a tool, by its own schema, before the first answer that it compares with it. There
are thousands of conversations here, and a few dozen schemas; answers are compared with them as before.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # It ships no type information.


def check_each_schema_once() -> None:
    """From now on a schema that was found to be one is not looked through again."""
    whole: Any = Draft202012Validator.check_schema
    found: set[str] = set()

    def check_schema(_: type[Any], /, schema: Any, **named: Any) -> None:
        told = "" if named else json.dumps(schema, sort_keys=True)
        if not told or told not in found:
            whole(schema, **named)
            found.add(told)

    setattr(Draft202012Validator, "check_schema", classmethod(check_schema))  # noqa: B010  # It is not ours.
