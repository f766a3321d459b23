import pytest

from goatcore.errors import Malformed
from goatcore.ids import WORKSPACE_GROUP, AuthorKey, EpochId, GroupId, RepositoryId, epoch_id
from goatcore.trust.sealing import Keyring, repository_key, seal, seal_name, unseal

ALICE, BOB = AuthorKey(b"a" * 32), AuthorKey(b"b" * 32)
NOTES, OTHER = RepositoryId(b"n" * 16), RepositoryId(b"o" * 16)
FAMILY = GroupId(b"f" * 16)
KEY_1, KEY_2 = b"1" * 32, b"2" * 32


def test_a_body_opens_only_as_it_was_sealed() -> None:
    key = repository_key(KEY_1, NOTES)
    sealed = seal(b"milk", key, ALICE, 7, b"header")
    assert len(sealed) == 4 + 16
    assert unseal(sealed, key, ALICE, 7, b"header") == b"milk"
    for wrong in (
        (sealed, repository_key(KEY_1, OTHER), ALICE, 7, b"header"),
        (sealed, repository_key(KEY_2, NOTES), ALICE, 7, b"header"),
        (sealed, key, BOB, 7, b"header"),
        (sealed, key, ALICE, 8, b"header"),
        (sealed, key, ALICE, 7, b"HEADER"),
        (sealed[:-1], key, ALICE, 7, b"header"),
        (b"", key, ALICE, 7, b"header"),
        (bytes(16), key, ALICE, 7, b"header"),
    ):
        with pytest.raises(Malformed):
            unseal(*wrong)


def test_a_keyring_knows_the_newest_epoch_of_each_group() -> None:
    keyring = Keyring([(WORKSPACE_GROUP, KEY_1)])
    assert keyring.newest(FAMILY) is None
    assert keyring.add(FAMILY, KEY_2)
    assert keyring.add(FAMILY, b"3" * 32)
    newest = keyring.newest(FAMILY)
    assert newest == (epoch_id(b"3" * 32), FAMILY, b"3" * 32)
    assert [epoch.key for epoch in keyring.epochs(FAMILY)] == [KEY_2, b"3" * 32]
    assert [epoch.key for epoch in keyring.epochs()] == [KEY_1, KEY_2, b"3" * 32]
    assert len(keyring) == 3


def test_a_key_met_again_neither_becomes_newest_nor_changes_its_group() -> None:
    keyring = Keyring([(FAMILY, KEY_1), (FAMILY, KEY_2)])
    assert not keyring.add(WORKSPACE_GROUP, KEY_1)
    assert not keyring.add(FAMILY, KEY_1)
    assert keyring.newest(FAMILY) == (epoch_id(KEY_2), FAMILY, KEY_2)
    assert keyring.newest(WORKSPACE_GROUP) is None


def test_a_keyring_gives_repository_keys_of_the_epochs_it_has() -> None:
    keyring = Keyring([(FAMILY, KEY_1)])
    assert keyring.repository_key(epoch_id(KEY_1), NOTES) == repository_key(KEY_1, NOTES)
    assert keyring.repository_key(epoch_id(KEY_1), NOTES) == repository_key(KEY_1, NOTES)
    assert keyring.repository_key(epoch_id(KEY_1), OTHER) == repository_key(KEY_1, OTHER)
    assert keyring.repository_key(epoch_id(KEY_2), NOTES) is None
    keyring.add(FAMILY, KEY_2)
    assert keyring.repository_key(epoch_id(KEY_2), NOTES) == repository_key(KEY_2, NOTES)


def test_a_sealed_name_is_read_by_the_group_alone() -> None:
    sealed = seal_name("Grüße 🐐", KEY_1, b"n" * 12)
    assert Keyring([(FAMILY, KEY_1)]).open_name(sealed) == "Grüße 🐐"
    assert Keyring([(FAMILY, KEY_2)]).open_name(sealed) is None


def test_a_broken_sealed_name_is_no_name() -> None:
    keyring = Keyring([(FAMILY, KEY_1)])
    sealed = seal_name("Anna", KEY_1, b"n" * 12)
    for length in range(len(sealed)):
        assert keyring.open_name(sealed[:length]) is None
    assert keyring.open_name(sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


def test_an_epoch_without_a_key_is_not_in_the_keyring() -> None:
    keyring = Keyring([(FAMILY, KEY_1)])
    assert epoch_id(KEY_1) in keyring
    assert EpochId(b"?" * 16) not in keyring
    assert keyring.epoch(EpochId(b"?" * 16)) is None
