"""What `counterfoil doctor` tells of a data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from invoicing.remedies import Remark, Remedy

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a data folder. An error keeps something from working, a warning will, a note will not.

    `subject` is what it is about (the handle of an organization where there is one), `message` what is the matter, and
    `remedy` what mends it.
    """

    severity: Severity
    subject: str
    message: str
    remedy: Remedy | None = None

    @property
    def remark(self) -> Remark:
        """The message with its remedy."""
        return Remark(self.message, self.remedy)
