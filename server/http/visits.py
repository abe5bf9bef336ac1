"""What the activity log says of a visit of a page, or of what a link leads to: by the status of its answer."""

from __future__ import annotations

from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotAllowed, NotFound, Unavailable
from operations.access import Office, Principal
from operations.activity import CANCELLED, FAILED, OK, Activity, Door, note

_RESULTS = {
    403: NotAllowed.code,
    404: NotFound.code,
    409: Conflict.code,
    413: LimitExceeded.code,
    429: LimitExceeded.code,
    499: CANCELLED,
    500: FAILED,
    503: Unavailable.code,
}
"""What an answer's status says of a visit; any other that is a refusal is of what was sent. 499: nobody waited."""


def note_visit(office: Office, act: str, status: int, principal: Principal, organization_id: str) -> None:
    """Note a visit of a page, or of what a link leads to, by the HTTP status of its answer."""
    result = _RESULTS.get(status, OK if status < 400 else InvalidInput.code)
    done = Activity(door=Door.PAGE, act=act, result=result, organization_id=organization_id, principal=principal)
    note(office, done)
