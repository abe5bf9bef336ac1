"""Expected refusals: one class per error code of the public contract.

A refusal carries our own, actionable text. It never carries SQL, a path or another person's text.
Anything that is not a refusal is a defect: it rises, is logged once and answered with an incident id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from invoicing.remedies import Remark, Remedy


class Refusal(Exception):
    """A request that is refused for a reason its sender can act on.

    `message` says what is wrong. `remedy` is the act that mends it, if there is one, which each surface words. `field`
    names the argument at fault, `candidates` the handles, names or ids to choose from; both are empty where they do not
    apply.
    """

    code: ClassVar[str]

    def __init__(
        self, message: str, *, field: str = "", candidates: Sequence[str] = (), remedy: Remedy | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.field = field
        self.candidates = tuple(candidates)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """All that there is to say of it, in order."""
        return (Remark(self.message, self.remedy),)


class OrganizationRequired(Refusal):
    """Nothing names the organization that the call acts for."""

    code = "organization_required"


class OrganizationMismatch(Refusal):
    """A call on a dedicated connection names another organization."""

    code = "organization_mismatch"


class OrganizationAmbiguous(Refusal):
    """A name fits several organizations."""

    code = "organization_ambiguous"


class NotFound(Refusal):
    """There is no such thing, or it is not the caller's: the two answer alike."""

    code = "not_found"


class NotAllowed(Refusal):
    """The caller's role or credential does not permit this act."""

    code = "not_allowed"


class InvalidInput(Refusal):
    """An argument is missing, malformed or outside its limits."""

    code = "invalid_input"


class Malformed(InvalidInput):
    """A value does not have the form that it needs; `said` goes on after whatever the value is called."""

    def __init__(self, said: str, *, field: str) -> None:
        super().__init__(f"{field} {said}", field=field)
        self.said = said


class Conflict(Refusal):
    """The act contradicts what is already there."""

    code = "conflict"


class IdempotencyMismatch(Refusal):
    """A client reference was used before with other arguments."""

    code = "idempotency_mismatch"


class NotReady(Refusal):
    """The organization cannot issue yet: `lacking` is all that stands in the way, each with its own remedy."""

    code = "not_ready"

    def __init__(self, *lacking: Remark, field: str = "") -> None:
        super().__init__(" ".join(one.text for one in lacking), field=field)
        self._lacking = lacking

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return self._lacking


class Immutable(Refusal):
    """An issued document was asked to change."""

    code = "immutable"


class LimitExceeded(Refusal):
    """A stated limit of size or number was passed."""

    code = "limit_exceeded"


class Unavailable(Refusal):
    """Something that should be there cannot be reached at the moment."""

    code = "unavailable"


class KeysUnavailable(Unavailable):
    """The keys of the installation cannot be used, or do not open what was sealed. `message` is for everybody;
    `detail`, which names the file, is for the log and for whoever works on the machine.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(
            "One-time codes and other sealed secrets cannot be read at the moment: use a passkey, or tell whoever runs"
            " the server."
        )
        self.detail = detail

    def __str__(self) -> str:
        return self.detail
