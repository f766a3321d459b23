import pytest

from goatcore.trust.signing import SMALL_ORDER_KEYS, DeviceKeys, SigningKey, verify

KEY = SigningKey(b"s" * 32)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P  # the curve: y² − x² = 1 + D·x²·y²


def roots(square: int) -> list[int]:
    """Both square roots modulo P, or none (P = 5 modulo 8)."""
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    return [root, P - root] if root * root % P == square % P else []


# A point of order 8 doubles to one with y = 0, so y² = −x²: D·y⁴ + 2·y² − 1 = 0.
ORDER_8 = [y for r in roots(1 + D) for y in roots((r - 1) * pow(D, -1, P) % P)]
SMALL_ORDER_Y = [0, 1, P - 1, *ORDER_8]
ENCODINGS = sorted(
    {
        (y + p | sign << 255).to_bytes(32, "little")
        for y in SMALL_ORDER_Y
        for p in (0, P)
        if y + p < 2**255
        for sign in (0, 1)
    }
)


def test_a_signature_is_good_for_its_key_and_message_only() -> None:
    signature = KEY.sign(b"milk")
    assert len(signature) == 64
    assert verify(KEY.public, b"milk", signature)
    assert not verify(KEY.public, b"mild", signature)
    assert not verify(SigningKey(b"t" * 32).public, b"milk", signature)
    for position in range(64):
        broken = bytearray(signature)
        broken[position] ^= 1
        assert not verify(KEY.public, b"milk", bytes(broken))


def test_a_signature_is_deterministic() -> None:
    assert KEY.sign(b"milk") == SigningKey(b"s" * 32).sign(b"milk")


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_a_wrong_length_is_refused(length: int) -> None:
    assert not verify(b"k" * length, b"milk", KEY.sign(b"milk"))


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_a_signature_of_a_wrong_length_is_refused(length: int) -> None:
    assert not verify(KEY.public, b"milk", (KEY.sign(b"milk") * 2)[:length])


def test_the_small_order_keys_are_all_fourteen_encodings() -> None:
    assert len(ENCODINGS) == 14
    assert frozenset(ENCODINGS) == SMALL_ORDER_KEYS


@pytest.mark.parametrize("key", ENCODINGS, ids=bytes.hex)
def test_a_small_order_key_is_refused(key: bytes) -> None:
    # R = the identity and S = 0 satisfies S·B = R + h·A wherever h·A is the identity.
    identity = (1).to_bytes(32, "little")
    for number in range(16):  # order 8: one message in eight would pass
        message = bytes([number])
        assert not verify(key, message, identity + bytes(32))
        assert not verify(key, message, key + bytes(32))


def test_a_signature_with_a_second_form_of_s_is_refused() -> None:
    signature = KEY.sign(b"milk")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    assert not verify(KEY.public, b"milk", signature[:32] + s.to_bytes(32, "little"))


def test_device_keys_keep_what_they_were_made_of() -> None:
    keys = DeviceKeys(b"s" * 32, b"b" * 32)
    assert keys.author == KEY.public
    assert keys.sign(b"milk") == KEY.sign(b"milk")
    assert (keys.sign_seed, keys.box_private) == (b"s" * 32, b"b" * 32)
    assert len(keys.box) == 32
    assert keys.box not in (keys.box_private, keys.author)
