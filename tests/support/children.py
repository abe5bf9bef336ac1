"""The processes that serve below a server process that watches over them."""

from __future__ import annotations

from pathlib import Path


def serving_below(pid: int) -> set[int]:
    """The processes that were begun to serve by the process of this id (where the system has /proc)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return {int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def open_names(pid: int) -> list[str]:
    """What the process has open: files by their paths, sockets as `socket:[...]`."""
    return [name for one in Path(f"/proc/{pid}/fd").iterdir() if (name := _name_of(one))]


def _name_of(link: Path) -> str:
    """Empty where it was closed while somebody looked."""
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
