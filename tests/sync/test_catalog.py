"""Which repositories are named on a link, when, and by which tags."""

from __future__ import annotations

from goatcore.ids import Digest, RepositoryId, RepositoryTag, repository_tag
from goatcore.sync.catalog import EARLY_MAX, Catalog, Opening
from goatcore.sync.messages import Hello, Same, State

SESSION = bytes(range(32))
MEMBERS, NOTES, PLANS = (RepositoryId(bytes([n]) * 16) for n in (1, 2, 3))
HELLO = Hello(5, Digest(bytes(16)))


def tag(repository: RepositoryId) -> RepositoryTag:
    return repository_tag(SESSION, repository)


def catalog(*, initiator: bool = True) -> Catalog:
    return Catalog(SESSION, MEMBERS, initiator=initiator)


def test_members_come_first_and_the_initiator_says_hello() -> None:
    assert catalog().members() == Opening(MEMBERS, tag(MEMBERS), True, None)
    assert catalog(initiator=False).members() == Opening(MEMBERS, tag(MEMBERS), False, None)
    assert catalog().open() == [MEMBERS]


def test_others_begin_only_when_the_members_are_settled() -> None:
    here = catalog()
    assert here.allow([NOTES]) == ([], [])
    assert here.find(tag(NOTES), Same()) is None
    assert here.settle_members() == [Opening(NOTES, tag(NOTES), True, None)]
    assert here.find(tag(NOTES), Same()) == NOTES
    assert here.open() == [MEMBERS, NOTES]


def test_what_the_peer_may_not_read_is_not_there() -> None:
    here = catalog()
    here.allow([NOTES])
    here.settle_members()
    assert here.find(tag(PLANS), HELLO) is None
    assert here.find(RepositoryTag(b"anything"), State(1, Digest(bytes(16)))) is None
    assert here.allow([NOTES]) == ([], [])


def test_tags_of_two_links_have_nothing_in_common() -> None:
    other = Catalog(bytes(32), MEMBERS, initiator=True)
    assert other.tag(NOTES) != catalog().tag(NOTES)


def test_what_the_peer_may_not_read_any_more_ends() -> None:
    here = catalog()
    here.settle_members()
    here.allow([NOTES, PLANS])
    assert here.allow([PLANS]) == ([], [(NOTES, tag(NOTES))])
    assert here.find(tag(NOTES), Same()) is None
    assert here.allow([PLANS, NOTES]) == ([Opening(NOTES, tag(NOTES), True, None)], [])


def test_members_never_end() -> None:
    here = catalog()
    here.settle_members()
    assert here.allow([]) == ([], [])
    assert here.find(tag(MEMBERS), Same()) == MEMBERS


def test_an_early_hello_is_answered_when_the_exchange_begins() -> None:
    here = catalog(initiator=False)
    here.allow([NOTES, PLANS])
    assert here.find(tag(NOTES), HELLO) is None
    assert here.find(tag(NOTES), Hello(6, Digest(bytes(16)))) is None
    assert here.settle_members() == [
        Opening(NOTES, tag(NOTES), False, Hello(6, Digest(bytes(16)))),
        Opening(PLANS, tag(PLANS), False, None),
    ]


def test_later_whoever_comes_to_know_a_repository_says_hello() -> None:
    for initiator in (True, False):
        here = catalog(initiator=initiator)
        here.settle_members()
        assert here.allow([NOTES]) == ([Opening(NOTES, tag(NOTES), True, None)], [])


def test_early_hellos_are_bounded() -> None:
    here = catalog(initiator=False)
    here.find(tag(NOTES), HELLO)
    for number in range(EARLY_MAX):
        here.find(RepositoryTag(number.to_bytes(8, "big")), HELLO)
    here.allow([NOTES])
    assert here.settle_members() == [Opening(NOTES, tag(NOTES), False, None)]
