"""An entry of an activity log as people are shown it."""

from __future__ import annotations

from operations.activity import OK
from storage.directory.activity import Noted
from views.base import View


class ActivityShown(View):
    """Who did what, through which program, at which door, and what came of it: `ok`, or the code of a refusal. `when`
    is UTC, and `times` how often that was.
    """

    when: str
    who: str
    program: str
    act: str
    result: str
    door: str
    times: int


def activity_shown(one: Noted) -> ActivityShown:
    return ActivityShown(
        when=f"{one.at:%Y-%m-%d %H:%M:%S}",
        who=one.label,
        program=one.program,
        act=one.act,
        result=OK if one.result == one.act else one.result,
        door=one.door,
        times=one.times,
    )
