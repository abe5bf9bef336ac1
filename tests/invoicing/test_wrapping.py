"""Where a line may break and where not."""

from __future__ import annotations

import pytest

from invoicing.render.theme import theme
from invoicing.render.wrapping import wrap_text


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("momslovens § 48, stk. 1", "§ 48"),
        ("Arvonlisäveroton myynti, AVL 3 §", "3 §"),
        ("17 kap. 22–24 §§ ML", "24 §§"),
    ],
)
def test_a_section_sign_stays_with_its_number_on_whichever_side_it_stands(text: str, together: str) -> None:
    style = theme().text
    for width in range(90, 200):
        lines = wrap_text(text, face=style.face, size=style.size, width=width)
        assert " ".join(lines) == text
        assert any(together in line for line in lines)


def test_a_section_sign_before_a_word_may_end_a_line() -> None:
    style = theme().text
    room = style.face.width_of("the sign §", style.size)
    assert wrap_text("the sign § alone", face=style.face, size=style.size, width=room) == ["the sign §", "alone"]
