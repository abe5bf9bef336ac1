"""What a function answered last is answered again to the same question alone."""

from __future__ import annotations

from invoicing.latest import latest


def test_the_same_question_is_worked_out_once_and_another_anew() -> None:
    worked_out = []

    @latest(2)
    def count(of: tuple[str, ...], *, twice: bool = False) -> int:
        worked_out.append(of)
        return len(of) * (1 + twice)

    assert [count(("a",)), count(("a",)), count(("a",), twice=True), count(("a",))] == [1, 1, 2, 1]
    assert worked_out == [("a",), ("a",)]
    assert count(("b", "c")) == 2
    # Of the last two questions one is forgotten: that which was worked out first.
    assert count(("a",)) == 1
    assert worked_out == [("a",), ("a",), ("b", "c"), ("a",)]
