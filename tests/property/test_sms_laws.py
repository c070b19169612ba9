"""Does every text keep its letters when it is cut, and does no proposal grow?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from responder.core.statement.sms import gsm_safe, measure, outside_gsm, parts

texts = st.text(st.characters(codec="utf-8"), max_size=400)


@given(texts)
def test_parts_are_the_whole_text_in_order(text: str) -> None:
    cut = parts(text)
    assert "".join(text[part.start : part.end] for part in cut) == text
    assert len(cut) == measure(text).segments
    assert sum(part.units for part in cut) == measure(text).units


@given(texts)
def test_no_part_is_larger_than_its_room(text: str) -> None:
    size = measure(text)
    single, joined = (160, 153) if size.encoding == "GSM-7" else (70, 67)
    assert all(part.units <= (single if size.segments == 1 else joined) for part in parts(text))


@given(texts)
def test_a_proposal_never_invents_a_question_mark(text: str) -> None:
    assert gsm_safe(text).text.count("?") == text.count("?")


@given(texts)
def test_a_proposal_fits_or_says_what_does_not(text: str) -> None:
    proposal = gsm_safe(text)
    assert bool(outside_gsm(proposal.text)) == bool(proposal.left)
    assert gsm_safe(proposal.text).text == proposal.text
