"""What the command that runs is called, such as `key create`: its name alone, never what was given to it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

_RUNNING: ContextVar[str] = ContextVar("command", default="command")


def running_command() -> str:
    """The command that runs; where none was begun by its name, `command`."""
    return _RUNNING.get()


def with_names(command: Any, *above: str) -> Any:
    """The command, and all below it, each of which is known by its name while it runs."""
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        command.callback = _known_as(" ".join(above), command.callback)
    for name, subcommand in (subcommands or {}).items():
        with_names(subcommand, *above, name)
    return command


def _known_as(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def known(*given: Any, **named: Any) -> Any:
        token = _RUNNING.set(name)
        try:
            return act(*given, **named)
        finally:
            _RUNNING.reset(token)

    return known
