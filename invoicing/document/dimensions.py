"""The dimensions of lines, compared with those that the organization has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from invoicing.document.documents import Tag
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import Dimension, DimensionValue
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import quoted

_NAMED_MAX = 10


def tagged(request: RequestedDocument, dimensions: Sequence[Dimension]) -> RequestedDocument:
    """The request with the dimensions of its lines as the organization writes them, in the order of their codes.

    Raises:
        InvalidInput: a dimension or value that is not there or not in use, one dimension twice, or one that is required
            and not stated.
    """
    known = {one.code: one for one in dimensions if one.active}
    if not known and not any(line.dimensions for line in request.lines):
        return request
    lines = (_tagged_line(line, known, f"lines[{index}].dimensions") for index, line in enumerate(request.lines))
    return replace(request, lines=tuple(lines))


def tags_in_use(tags: Iterable[Tag], dimensions: Sequence[Dimension]) -> tuple[Tag, ...]:
    """Those of the tags whose dimension and value are still in use."""
    known = {(one.code, value.code) for one in dimensions if one.active for value in one.values if value.active}
    return tuple(tag for tag in tags if (tag.dimension, tag.value) in known)


def _tagged_line(line: RequestedLine, known: Mapping[str, Dimension], field: str) -> RequestedLine:
    found: dict[str, Tag] = {}
    for tag in line.dimensions:
        dimension = _dimension(tag, known, field)
        if dimension.code in found:
            raise InvalidInput(f"{field}: {dimension.code} is given twice.", field=field)
        found[dimension.code] = Tag(dimension.code, _value(tag, dimension, field))
    for dimension in known.values():
        if dimension.required and dimension.code not in found:
            raise InvalidInput(
                f"{field}: {dimension.code} ({dimension.name}) is required on every line: {_choices(dimension)}.",
                field=field,
                candidates=_codes(dimension),
            )
    return replace(line, dimensions=tuple(found[code] for code in sorted(found)))


def _dimension(tag: Tag, known: Mapping[str, Dimension], field: str) -> Dimension:
    dimension = known.get(small_letters(tag.dimension))
    if dimension is None:
        there = f"Dimensions: {', '.join(sorted(known))}" if known else "This organization has none"
        raise InvalidInput(
            f"{field}: no dimension {quoted(tag.dimension)} here. {there}.",
            field=field,
            candidates=sorted(known),
            remedy=Act.SAVE_DIMENSION,
        )
    return dimension


def _value(tag: Tag, dimension: Dimension, field: str) -> str:
    value = value_of(dimension, tag.value)
    if value is None or not value.active:
        raise InvalidInput(
            f"{field}: {dimension.code} has no value {quoted(tag.value)} in use: {_choices(dimension)}.",
            field=field,
            candidates=_codes(dimension),
            remedy=Act.SAVE_DIMENSION,
        )
    return value.code


def value_of(dimension: Dimension, code: str) -> DimensionValue | None:
    """The value of this code, in whichever letter case it is written."""
    wanted = small_letters(code)
    return next((one for one in dimension.values if small_letters(one.code) == wanted), None)


def _codes(dimension: Dimension) -> list[str]:
    return [value.code for value in dimension.values if value.active][:_NAMED_MAX]


def _choices(dimension: Dimension) -> str:
    """What can be written, and that there is more where there is."""
    codes = [f"{dimension.code}={code}" for code in _codes(dimension)]
    beyond = sum(value.active for value in dimension.values) - len(codes)
    more = [f"or one of {beyond} more"] if beyond else []
    return ", ".join([*codes, *more]) or "none"
