import random
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import InvalidValue, Refused
from goatcore.trust import invites
from goatcore.trust.invites import Code, InviteBook, State, complete, parse_code, words

CODE = Code(7, "copper", "violin")


class Time:
    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def book(time: Time) -> InviteBook:
    return InviteBook(time, random.Random(1).randbytes)


# -- words -----------------------------------------------------------------------------------------


def test_there_are_1024_words_that_four_letters_tell_apart() -> None:
    assert len(words()) == 1024
    assert len({word[:4] for word in words()}) == 1024
    assert list(words()) == sorted(words())
    assert all(re.fullmatch("[a-z]{4,8}", word) for word in words())
    assert {"copper", "violin"} <= set(words())


def test_no_two_words_differ_by_one_letter() -> None:
    seen: dict[str, str] = {}
    for word in words():
        for at in range(len(word)):
            for key in (f"{word[:at]}_{word[at + 1 :]}", word[:at] + word[at + 1 :]):
                other = seen.setdefault(key, word)
                if other != word:  # one letter changed; or both lack one, which is two changes
                    assert "_" not in key, (word, other)
    assert not {w[:at] + w[at + 1 :] for w in words() for at in range(len(w))} & set(words())


def test_letters_are_completed_to_words() -> None:
    assert complete("viol") == ("violin",)
    assert complete("VIO") == ("violin",)
    assert complete("co")[:3] == ("cobalt", "coffee", "collar")
    assert complete("co", 2) == ("cobalt", "coffee")
    assert complete("xx") == ()
    assert complete("zucchini") == ("zucchini",)


# -- codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "7-copper-violin",
        " 7 copper violin ",
        "7COPPERVIOLIN",
        "7 Copper-Violin.",
        "7–copper—violin",
        "７-copper-violin",
        "07_copper_violin",
        "7, copper, violin",
        "7copp viol",
        "7 coppviol",
        "“7-copper-violin”",
    ],
)
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert parse_code(text) == CODE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a number and two words"),
        ("copper violin", "a number and two words"),
        ("7", "a number and two words"),
        ("7 copper", "second word is missing"),
        ("7 copper violin violin", "a number and two words"),
        ("7 8 copper violin", "a number and two words"),
        ("0-copper-violin", "from 1 to 99"),
        ("100-copper-violin", "from 1 to 99"),
        ("7-copper-violet", "“violet” is not one of the words.*Did you mean violin\\?"),
        ("7-cop-violin", "“cop” is not one of the words"),
        ("7-xx-violin", "codes are made of.$"),
        ("7-cöpper-violin", "a number and two words"),
        ("²-copper-violin-", None),
    ],
)
def test_a_wrong_code_says_what_is_wrong(text: str, reason: str | None) -> None:
    if reason is None:
        assert parse_code(text).number == 2
        return
    with pytest.raises(InvalidValue, match=reason):
        parse_code(text)


def test_a_code_reads_back_as_it_is_shown() -> None:
    assert str(CODE) == "7-copper-violin"
    assert CODE.secret == b"7-copper-violin"
    for first, second in pairwise(words()):
        assert parse_code(f"9-{first}-{second}") == Code(9, first, second)


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_invalid(text: str) -> None:
    try:
        code = parse_code(text)
    except InvalidValue:
        return
    assert parse_code(str(code)) == code


# -- the book --------------------------------------------------------------------------------------


def test_a_new_code_is_good_for_five_minutes(book: InviteBook, time: Time) -> None:
    invite = book.open()
    assert parse_code(str(invite.code)) == invite.code
    assert 1 <= invite.code.number <= 9
    assert len(invite.id) == 16
    assert invite.expires_ms == time.now + 300_000
    time.now += 299_999
    assert invite.state is State.waiting
    time.now += 1
    assert invite.state is State.expired
    assert book.invites() == ()
    with pytest.raises(Refused, match="expired"):
        book.begin(invite.code.number)


def test_numbers_of_open_codes_differ(book: InviteBook) -> None:
    opened = [book.open().code.number for _ in range(invites.NUMBER_MAX)]
    assert sorted(opened) == list(range(1, 100))
    assert sorted(opened[:9]) == list(range(1, 10))
    with pytest.raises(Refused, match="too many"):
        book.open()
    assert [invite.code.number for invite in book.invites()] == list(range(1, 100))


def test_numbers_that_others_show_are_left_to_them(book: InviteBook) -> None:
    assert book.open(taken=range(1, 9)).code.number == 9
    assert book.open(taken=range(1, 99)).code.number == 99
    assert book.open(taken=range(1, 100)).code.number in range(1, 9)


def test_codes_are_drawn_from_all_words(time: Time) -> None:
    book = InviteBook(time, random.Random(2).randbytes)
    seen = set()
    for _ in range(4000):
        invite = book.open()
        seen |= {invite.code.first, invite.code.second}
        invite.cancel()
    assert len(seen) > 1000


def test_three_wrong_tries_burn_a_code(book: InviteBook) -> None:
    invite = book.open()
    for left in (2, 1):
        assert book.begin(invite.code.number) is invite
        assert invite.state is State.trying
        invite.wrong()
        assert invite.state is State.waiting
        assert invite.tries_left == left
    book.begin(invite.code.number).wrong()
    assert invite.state is State.burned
    assert invite.over
    with pytest.raises(Refused, match="typed wrongly three times"):
        book.begin(invite.code.number)


def test_only_one_can_try_a_code_at_a_time(book: InviteBook) -> None:
    invite = book.open()
    book.begin(invite.code.number)
    with pytest.raises(Refused, match="at this moment"):
        book.begin(invite.code.number)
    invite.right()
    with pytest.raises(Refused, match="is being let in"):
        book.begin(invite.code.number)


def test_a_code_lets_one_in(book: InviteBook) -> None:
    invite = book.open()
    book.begin(invite.code.number)
    invite.right()
    assert invite.state is State.asking
    invite.use()
    assert invite.state is State.used
    with pytest.raises(Refused, match="used already"):
        book.begin(invite.code.number)


def test_who_proved_a_code_in_time_may_be_let_in_later(book: InviteBook, time: Time) -> None:
    invite = book.open()
    book.begin(invite.code.number)
    invite.right()
    time.now = invite.expires_ms + 1
    assert invite.state is State.asking
    invite.use()
    assert invite.state is State.used


def test_a_proof_after_the_time_is_refused(book: InviteBook, time: Time) -> None:
    invite = book.open()
    book.begin(invite.code.number)
    time.now = invite.expires_ms
    with pytest.raises(Refused, match="expired"):
        invite.right()


def test_a_code_whose_newcomer_was_lost_can_be_used_again(book: InviteBook, time: Time) -> None:
    invite = book.open()
    book.begin(invite.code.number).right()
    invite.again()
    assert invite.state is State.waiting
    book.begin(invite.code.number).right()
    time.now = invite.expires_ms
    invite.again()
    assert invite.state is State.expired


def test_a_closed_code_is_closed(book: InviteBook) -> None:
    invite = book.open()
    book.begin(invite.code.number)
    invite.cancel()
    assert invite.state is State.cancelled
    with pytest.raises(Refused, match="closed the invitation"):
        invite.right()
    with pytest.raises(Refused, match="closed the invitation"):
        book.begin(invite.code.number)


@pytest.mark.parametrize("act", ["wrong", "again", "use", "cancel"])
def test_nothing_changes_an_invite_that_is_over(book: InviteBook, act: str, time: Time) -> None:
    for end in (State.used, State.cancelled, State.expired):
        invite = book.open()
        book.begin(invite.code.number)
        if end is State.used:
            invite.right()
            invite.use()
        elif end is State.cancelled:
            invite.cancel()
        else:
            time.now = invite.expires_ms
        change: Callable[[], None] = getattr(invite, act)
        change()
        assert invite.state is end
        assert invite.tries_left == 3


def test_a_number_that_nobody_shows_is_refused(book: InviteBook) -> None:
    with pytest.raises(Refused, match="no invitation with the number 7"):
        book.begin(7)
