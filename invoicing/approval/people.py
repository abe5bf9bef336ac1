"""Who acts on a document: the person who answers for it, and what that person, or what acts without one, is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from invoicing.approval.workflows import Approver, DraftedBy


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` is the person's; of a key or a link it is that of the person who made it, empty where nobody
    is known. `label` is what audit trails show. `by` is what this is, as closely as it is known.
    """

    user_id: str
    label: str
    by: DraftedBy

    @property
    def is_person(self) -> bool:
        return self.by not in (DraftedBy.KEY, DraftedBy.LINK)


_APPROVES: Mapping[Approver, frozenset[DraftedBy]] = {
    Approver.OWNER: frozenset({DraftedBy.OWNER}),
    Approver.ACCOUNTANT: frozenset({DraftedBy.OWNER, DraftedBy.ACCOUNTANT}),
    Approver.CLIENT: frozenset({DraftedBy.CLIENT}),
}


def can_approve(actor: Actor, approver: Approver) -> bool:
    """Whether a step that asks for this approver can be decided by whoever acts."""
    return actor.by in _APPROVES[approver]


def is_drafted_by(actor: Actor, wanted: DraftedBy) -> bool:
    """Whether whoever acts is what a condition names: a person is one in every role."""
    return actor.by is wanted or (wanted is DraftedBy.PERSON and actor.is_person)


def with_actor(actors: Iterable[Actor], actor: Actor) -> tuple[Actor, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys((*actors, actor)))
