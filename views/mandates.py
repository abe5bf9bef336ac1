"""How mandates are shown: in an organization's profile, and as the part `mandates` of its configuration."""

from __future__ import annotations

from invoicing.document.mandates import Acknowledgement
from invoicing.remedies import Act, Remark
from operations.mandates import MandatesOfOrganization, MandateState
from views.base import View
from views.remedies import Words, told


class MandateAnswer(View):
    """A mandate that concerns the organization. `form` is what a PDF from here is: `reported` or `none`; `unlawful`
    that this program may not be used. `handed_in` is empty until a person has acknowledged it.
    """

    code: str
    name: str
    since: str
    in_force: bool
    buyers: str
    form: str
    unlawful: bool
    todo: str
    handed_in: str
    acknowledged_by: str
    acknowledged_at: str


def mandate_answers(found: MandatesOfOrganization | None) -> list[MandateAnswer]:
    return [mandate_answer(state) for state in found.states] if found else []


def mandate_lines(found: MandatesOfOrganization | None, words: Words) -> list[str]:
    """One line for each mandate, and what was assumed."""
    if found is None:
        return []
    lines = [f"Mandate {state.held.sentence} {_standing(state, found.policy)}" for state in found.states]
    if found.assumed_turnover is not None:
        assumed = f"annual_turnover is not stated: at most {found.assumed_turnover} {found.currency} is assumed."
        lines.append(told(Remark(assumed, Act.SET_ORGANIZATION), words))
    return lines


def mandate_line(state: MandateState) -> str:
    """A mandate and, where somebody has said so, how its documents are handed in."""
    said = state.acknowledgement
    return state.held.sentence + (f" Handed in ({said.recorded_by}): {said.handed_in}" if said else "")


def refused_by(found: MandatesOfOrganization | None) -> list[str]:
    """The mandates by which live documents are refused now, each with the buyers that it is about."""
    states = found.states if found else ()
    return [
        f"{state.held.mandate.code} ({state.held.buyers})"
        for state in states
        if found and _refuses(state, found.policy)
    ]


def configuration_lines(found: MandatesOfOrganization, words: Words) -> list[str]:
    """All that the law says of the form, what is only planned, and what is answered for draft by draft."""
    lines = [f"Policy: {found.policy}.", *mandate_lines(found, words)]
    lines += [f"{', '.join(_buyers(one.buyers))}: {one.note}" for one in found.none]
    lines += [f"Planned, {one.name}: {one.expected}." for one in found.planned]
    lines += [f"Particular {one.code}: {one.text}" for one in found.requirements]
    lines += [_acknowledged(one, f"Draft {one.draft}, {one.code}" if one.draft else one.code) for one in found.others]
    return lines


def mandate_answer(state: MandateState) -> MandateAnswer:
    held, said = state.held, state.acknowledgement
    return MandateAnswer(
        code=held.mandate.code,
        name=held.mandate.name,
        since=held.since.isoformat(),
        in_force=held.in_force,
        buyers=held.buyers,
        form=held.mandate.form,
        unlawful=held.mandate.unlawful,
        todo=held.mandate.todo,
        handed_in=said.handed_in if said else "",
        acknowledged_by=said.recorded_by if said else "",
        acknowledged_at=said.recorded_at.date().isoformat() if said else "",
    )


def _standing(state: MandateState, policy: str) -> str:
    said = state.acknowledgement
    if said:
        return _acknowledged(said, "Acknowledged") + "."
    return "Not acknowledged: such live documents are refused." if _refuses(state, policy) else "Not acknowledged."


def _refuses(state: MandateState, policy: str) -> bool:
    held = state.held
    return held.is_strict and held.in_force and policy == "refuse" and state.acknowledgement is None


def _acknowledged(said: Acknowledgement, what: str) -> str:
    return f"{what} ({said.recorded_by}, {said.recorded_at.date().isoformat()}): {said.handed_in}"


def _buyers(buyers: tuple[str, ...]) -> list[str]:
    return [buyer.replace("_", " ") for buyer in buyers]
