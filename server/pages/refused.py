"""With which status a page says that what its form wants was refused."""

from __future__ import annotations

from invoicing.refusals import InvalidInput, LimitExceeded, NotAllowed, NotFound, Refusal


def status_of(refusal: Refusal | None) -> int:
    """What could not be taken, too much of it, or naming what there is not, is the input's fault; everything else is
    how things stand.
    """
    match refusal:
        case None:
            return 200
        case NotAllowed():
            return 403
        case InvalidInput() | LimitExceeded() | NotFound():
            return 400
        case _:
            return 409


def status_of_proof(refusal: Refusal | None) -> int:
    """The same where somebody proves who it is: what has a limit there is how often that is tried."""
    return 429 if isinstance(refusal, LimitExceeded) else status_of(refusal)
