import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, MemberId, RepositoryId, WorkspaceId, workspace_id
from goatcore.trust import records
from goatcore.trust.records import Admit, DeviceAdd, Genesis, Grant, Invite, Role, Unknown
from goatcore.trust.signing import DeviceKeys, SigningKey
from goatcore.values import pack

ROOT = SigningKey(b"r" * 32)
ANNA = DeviceKeys(b"a" * 32, b"A" * 32)
BERT = DeviceKeys(b"b" * 32, b"B" * 32)
FOUNDING = records.Founding(
    ROOT.public, MemberId(b"m" * 16), ANNA.author, ANNA.box, b"h" * 32, 5, b"n" * 16
)
GENESIS = records.found(FOUNDING, ROOT, b"name", b"device")
WORKSPACE = workspace_id(GENESIS.genesis)

GOOD = [
    (64, b"genesis", b"s" * 64, b"", b""),
    (65, b"m" * 16, b"g" * 16, 4),
    (66, b"m" * 16, b"d" * 32, b"b" * 32, b"e" * 32, b"s" * 64, b"name"),
    (67, b"i" * 16, b"g" * 16, 1, 0, 2**64 - 1),
    (68, b"i" * 16),
    (69, b"i" * 16, b"m" * 16, b"d" * 32, b"b" * 32, b"name", b"name"),
    (70, b"r" * 16, b"g" * 16, b"path"),
    (75, b"r" * 16, (b"t" * 16, b"u" * 16), (b"c" * 32,)),
]


@pytest.mark.parametrize("operation", GOOD, ids=lambda o: str(o[0]))
def test_a_record_decodes_and_encodes_to_the_same_operation(operation: tuple[object, ...]) -> None:
    record = records.decode(operation)
    assert not isinstance(record, Unknown)
    assert records.encode(record) == operation
    assert [type(part) for part in records.encode(record)] == [type(part) for part in operation]
    assert records.decode(list(operation)) == record


@pytest.mark.parametrize("operation", GOOD, ids=lambda o: str(o[0]))
def test_a_part_of_a_wrong_kind_or_length_makes_the_record_unknown(
    operation: tuple[object, ...],
) -> None:
    for place in range(1, len(operation)):
        wrongs: list[object] = [None, "text", [b"x"], 1.0, True, -1, 2**64]
        if isinstance(operation[place], bytes) and len(operation[place]) in (16, 32, 64):
            wrongs += [operation[place] + b"x", operation[place][:-1]]
        for wrong in wrongs:
            broken = (*operation[:place], wrong, *operation[place + 1 :])
            assert isinstance(records.decode(broken), Unknown)
    assert isinstance(records.decode((*operation, 1)), Unknown)
    assert isinstance(records.decode(operation[:-1]), Unknown)


@pytest.mark.parametrize("role", [0, 5, 255])
def test_there_are_four_roles(role: int) -> None:
    assert isinstance(records.decode((65, b"m" * 16, b"g" * 16, role)), Unknown)
    assert isinstance(records.decode((67, b"i" * 16, b"g" * 16, role, 1, 9)), Unknown)


def test_an_invite_is_for_a_device_or_a_person() -> None:
    assert isinstance(records.decode((67, b"i" * 16, b"g" * 16, 2, 2, 9)), Unknown)


def test_reserved_and_foreign_codes_say_why_they_are_not_understood() -> None:
    assert records.decode((73, b"x")) == Unknown(73, "rekey is not known to this version")
    assert records.decode((99,)) == Unknown(99, "this is not known to this version")
    assert records.decode(()) == Unknown(-1, "an operation starts with its code")
    assert records.decode((True,)) == Unknown(-1, "an operation starts with its code")
    assert records.decode((68, b"short")) == Unknown(68, "its part 1 is not what it should be")
    assert records.decode((68,)) == Unknown(68, "it has 0 parts instead of 1")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=70),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.integers(60, 80), st.lists(VALUES, max_size=8))
def test_decoding_never_raises(code: int, parts: list[object]) -> None:
    record = records.decode([code, *parts])
    if not isinstance(record, Unknown):
        assert records.encode(record) == (code, *parts)


def test_a_genesis_record_is_of_the_workspace_that_its_hash_names() -> None:
    assert records.is_genesis_of(GENESIS, WORKSPACE) == FOUNDING
    assert records.is_genesis_of(GENESIS, WorkspaceId(b"w" * 32)) is None


def test_a_genesis_record_counts_with_the_roots_signature_only() -> None:
    forged = GENESIS._replace(signature=ANNA.sign(b"goat/genesis/1\0" + GENESIS.genesis))
    assert records.is_genesis_of(forged, WORKSPACE) is None


@pytest.mark.parametrize(
    "value",
    [
        [2, *FOUNDING],
        [True, *FOUNDING],
        [1, *FOUNDING, 1],
        [1, *FOUNDING[:-1]],
        [1, *FOUNDING._replace(nonce=b"")],
        [1, *FOUNDING._replace(created_ms=-1)],
        [1, *FOUNDING._replace(root=AuthorKey(b"r"))],
        "genesis",
        None,
    ],
)
def test_a_malformed_genesis_record_founds_nothing(value: object) -> None:
    raw = pack(value)
    with pytest.raises(Malformed):
        records.founding_of(raw)
    genesis = Genesis(raw, ROOT.sign(b"goat/genesis/1\0" + raw), b"", b"")
    assert records.is_genesis_of(genesis, workspace_id(raw)) is None


def test_a_genesis_record_has_one_encoding() -> None:
    long_form = GENESIS.genesis.replace(b"\xc4\x10", b"\xc5\x00\x10", 1)
    with pytest.raises(Malformed):
        records.founding_of(long_form)


def test_an_endorsement_is_of_one_workspace_member_and_pair_of_keys() -> None:
    member = FOUNDING.member
    message = records.endorsement_message(WORKSPACE, member, BERT.author, BERT.box)
    good = DeviceAdd(member, BERT.author, BERT.box, ANNA.author, ANNA.sign(message), b"")
    assert records.is_endorsed(good, WORKSPACE)
    assert not records.is_endorsed(good, WorkspaceId(b"w" * 32))
    assert not records.is_endorsed(good._replace(member=MemberId(b"x" * 16)), WORKSPACE)
    assert not records.is_endorsed(good._replace(device=ANNA.author), WORKSPACE)
    assert not records.is_endorsed(good._replace(box=ANNA.box), WORKSPACE)
    assert not records.is_endorsed(good._replace(endorser=BERT.author), WORKSPACE)


def test_ids_that_follow_from_keys_differ_with_the_keys() -> None:
    assert records.first_member(ANNA.author) != records.first_member(BERT.author)
    repository = RepositoryId(b"r" * 16)
    assert records.founded_group(ANNA.author, repository) != records.founded_group(
        BERT.author, repository
    )


def test_a_higher_rank_compares_greater() -> None:
    assert sorted([Role.owner, Role.viewer, Role.admin, Role.editor]) == [1, 2, 3, 4]
    assert Grant._fields == ("member", "group", "role")
    assert Invite._fields[0] == Admit._fields[0] == "invite"
