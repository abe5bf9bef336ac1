"""An entry of an activity log as people are shown it."""

from __future__ import annotations

from collections.abc import Mapping

from operations.activity import OK, Door
from storage.directory.activity import Noted
from views.base import View

_DOORS: Mapping[str, str] = {
    Door.MCP: "AI client or program",
    Door.PAGE: "page",
    Door.OAUTH: "connecting a client",
    Door.LOCAL: "on the server's machine",
}


class ActivityShown(View):
    """Who did what, through which program, and what came of it. `when` is UTC, and `times` empty where that is once."""

    when: str
    who: str
    program: str
    act: str
    result: str
    door: str
    times: str


def activity_shown(one: Noted) -> ActivityShown:
    return ActivityShown(
        when=f"{one.at:%Y-%m-%d %H:%M:%S}",
        who=one.label,
        program=one.program,
        act=one.act,
        result="done" if one.result in (OK, one.act) else one.result.replace("_", " "),
        door=_DOORS.get(one.door, one.door),
        times=f"{one.times} times" if one.times > 1 else "",
    )
