"""Do sealed values open only where they belong?"""

from __future__ import annotations

import pytest

from responder.core.errors import InvalidInput
from responder.db.ciphers import SecretCiphers

KEY = "a made-up key that only tests know"


def test_what_is_sealed_opens_in_its_row_only() -> None:
    ciphers = SecretCiphers(KEY)
    sealed = ciphers.seal("+12025550143", row="address/sms/1")
    assert b"555" not in sealed
    assert ciphers.unseal(sealed, row="address/sms/1") == "+12025550143"
    with pytest.raises(InvalidInput):
        ciphers.unseal(sealed, row="address/sms/2")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    ciphers = SecretCiphers(KEY)
    assert ciphers.seal("Amina", row="1") != ciphers.seal("Amina", row="1")


@pytest.mark.parametrize("place", [0, 5, -1])
def test_one_changed_byte_is_found(place: int) -> None:
    ciphers = SecretCiphers(KEY)
    sealed = bytearray(ciphers.seal("Amina", row="1"))
    sealed[place] ^= 1
    with pytest.raises(InvalidInput):
        ciphers.unseal(bytes(sealed), row="1")


def test_another_key_opens_nothing() -> None:
    sealed = SecretCiphers(KEY).seal("Amina", row="1")
    with pytest.raises(InvalidInput, match="another RESPONDER_SECRET_KEY"):
        SecretCiphers("quite another made-up key").unseal(sealed, row="1")


def test_indexes_and_signatures_are_bound_to_their_purpose() -> None:
    ciphers = SecretCiphers(KEY)
    assert ciphers.index("x", purpose="a") == SecretCiphers(KEY).index("x", purpose="a")
    assert ciphers.index("x", purpose="a") != ciphers.index("x", purpose="b")
    signature = ciphers.sign("leave/17", purpose="unsubscribe")
    assert ciphers.verify("leave/17", signature, purpose="unsubscribe")
    assert not ciphers.verify("leave/18", signature, purpose="unsubscribe")
    assert not ciphers.verify("leave/17", signature, purpose="call")
    assert not ciphers.verify("leave/17", "é", purpose="unsubscribe")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too short"):
        SecretCiphers("short")
