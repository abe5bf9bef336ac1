"""The nets of a credit note's parts where prices include tax: no group's net or tax is less than nothing.

Each part's net is rounded by itself. Where a discount uses a group up, or nearly, these roundings can come to a unit
less than nothing, or to a unit more than remains. Then the nets of the group's parts are moved by what is over: what
the customer gets back, the amounts with tax, stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from invoicing.credit.remaining import Remaining, group_of
from invoicing.document.documents import Adjustment, Line, TaxSubtotal
from invoicing.tax.inputs import subtotal_key


@dataclass(slots=True)
class _Part:
    """A line or adjustment that is taken back, and what remains of it, as positive amounts; `sign` is -1 for a discount
    and for a line that itself takes goods back.
    """

    sign: int
    amount_minor: int
    net_minor: int
    left_amount_minor: int
    left_net_minor: int

    def room(self, way: int, *, with_tax: bool) -> int:
        """By how much the net can go up (`way` 1) or down (-1). `with_tax` wants that neither what is taken nor what
        is left of this part has a net that is more than its amount.
        """
        lowest, highest = 0, self.left_net_minor
        if with_tax:
            lowest = max(lowest, self.left_net_minor - self.left_amount_minor + self.amount_minor)
            highest = min(highest, self.amount_minor)
        return max(0, highest - self.net_minor if way > 0 else self.net_minor - lowest)


def fitted_nets(
    left: Remaining, lines: Sequence[Line], adjustments: Sequence[Adjustment]
) -> tuple[tuple[Line, ...], tuple[Adjustment, ...]]:
    """The lines and adjustments with nets for which each group's net and tax lie between zero and what remains.

    `lines` and `adjustments` are what is taken back of `left`. What takes all that remains of a group is not moved.
    """
    there_lines = {line.position: line for line in left.lines}
    there_items = {(item.position, group_of(item)): item for item in left.adjustments}
    line_parts = [_line_part(line, there_lines[line.invoice_position]) for line in lines]
    item_parts = [_part(item.kind.sign, item, there_items[item.position, group_of(item)]) for item in adjustments]
    keys = [*map(group_of, lines), *map(group_of, adjustments)]
    for tax in left.taxes:
        group = subtotal_key(tax)
        _fit(tax, [part for part, key in zip((*line_parts, *item_parts), keys, strict=True) if key == group])
    nets = [part.sign * part.net_minor for part in line_parts]
    return (
        tuple(replace(line, net_minor=net) for line, net in zip(lines, nets, strict=True)),
        tuple(replace(item, net_minor=part.net_minor) for item, part in zip(adjustments, item_parts, strict=True)),
    )


def _line_part(taken: Line, left: Line) -> _Part:
    sign = -1 if left.amount_minor < 0 else 1
    amounts = (taken.amount_minor, taken.net_minor, left.amount_minor, left.net_minor)
    return _Part(sign, *(sign * amount for amount in amounts))


def _part(sign: int, taken: Adjustment, left: Adjustment) -> _Part:
    return _Part(sign, taken.amount_minor, taken.net_minor, left.amount_minor, left.net_minor)


def _fit(left: TaxSubtotal, parts: Sequence[_Part]) -> None:
    # A group that is itself less than nothing, such as one of goods taken back alone, is looked at the other way round.
    turn = -1 if left.taxable_minor < 0 else 1
    gross = sum(turn * part.sign * part.amount_minor for part in parts)
    net = sum(turn * part.sign * part.net_minor for part in parts)
    lowest, highest = max(0, gross - turn * left.tax_minor), min(turn * left.taxable_minor, gross)
    over = min(max(net, lowest), highest) - net
    # That each part keeps a tax of its own comes first. It is not always possible; then the group's tax counts, and
    # there is always room for that, because what is wanted lies between zero and what remains.
    for with_tax in (True, False):
        for part in sorted(parts, key=lambda one: -one.amount_minor):
            way = turn * (part.sign if over > 0 else -part.sign)
            step = min(abs(over), part.room(way, with_tax=with_tax))
            part.net_minor += way * step
            over += -step if over > 0 else step
