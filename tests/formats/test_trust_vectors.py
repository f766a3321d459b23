"""Frozen vectors of what trust signs, seals and derives. A change here changes the format."""

import hmac
from hashlib import sha256

from goatcore.ids import (
    CommitId,
    GroupId,
    InviteId,
    ItemKey,
    MemberId,
    RepositoryId,
    WorkspaceId,
    epoch_id,
    workspace_id,
)
from goatcore.repository.noting import Note, read_note
from goatcore.trust import records, sealing
from goatcore.trust.signing import DeviceKeys, SigningKey, verify

DEVICE = DeviceKeys(bytes(range(32)), bytes(range(32, 64)))
EPOCH_KEY = bytes([7]) * 32
REPOSITORY = RepositoryId(bytes([1]) * 16)
FOUNDING = records.Founding(
    root=DEVICE.author,
    member=MemberId(bytes([2]) * 16),
    device=DEVICE.author,
    box=DEVICE.box,
    naming_hash=bytes([3]) * 32,
    created_ms=1_700_000_000_000,
    nonce=bytes([4]) * 16,
)


def unhex(text: str) -> bytes:
    return bytes.fromhex("".join(text.split()))


def test_device_keys_and_their_signature() -> None:
    assert DEVICE.author == unhex(
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    )
    assert DEVICE.box == unhex("358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254")
    assert DEVICE.sign(b"goat") == unhex(
        """c171b3e18701e98deb26fbe51df42015d7979e64ec894d8aa4c1b7c7608773be
           7c4206fc733b548f0cc8f0135435c56a3b14ffdb2afe4e35e0dfae686a32d900"""
    )


def test_the_signature_of_rfc_8032() -> None:
    seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = unhex(
        """92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
           085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"""
    )
    assert SigningKey(seed).public == public
    assert SigningKey(seed).sign(b"\x72") == signature
    assert verify(public, b"\x72", signature)


def test_repository_key_nonce_and_sealed_body() -> None:
    assert epoch_id(EPOCH_KEY) == unhex("86c6b1ad1149b73acce845702815fea5")
    key = sealing.repository_key(EPOCH_KEY, REPOSITORY)
    assert key == unhex("9be0bf938d78a34878eedcdfe13055953a84ea224caf4840f9987ec0309158aa")
    extracted = hmac.digest(bytes(32), EPOCH_KEY, "sha256")  # RFC 5869, without a library
    assert key == hmac.digest(extracted, b"goat/repository/1\0" + REPOSITORY + b"\1", "sha256")
    assert sealing.body_nonce(DEVICE.author, 1) == unhex("a21c48f19c3dd4c10f5df429")
    sealed = sealing.seal(b"\0body", key, DEVICE.author, 1, b"header")
    assert sealed == unhex("433bf191af41d4b78d8342044e94292eaef7841466")
    assert sealing.unseal(sealed, key, DEVICE.author, 1, b"header") == b"\0body"


def test_sealed_name() -> None:
    assert sealing.seal_name("Åsa", EPOCH_KEY, bytes([9]) * 12) == unhex(
        """86c6b1ad1149b73acce845702815fea5 090909090909090909090909
           445d805d4c5ab6c69a82ddba64ca5c85d0a58f9d"""
    )


def test_genesis_record_and_workspace_id() -> None:
    assert FOUNDING.encode() == unhex(
        """98 01
           c420 03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8
           c410 02020202020202020202020202020202
           c420 03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8
           c420 358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254
           c420 0303030303030303030303030303030303030303030303030303030303030303
           cf 0000018bcfe56800
           c410 04040404040404040404040404040404"""
    )
    genesis = records.found(FOUNDING, SigningKey(bytes(range(32))), b"m", b"d")
    assert genesis.signature == unhex(
        """45103b052d26b0bf4123eba9e669fd2b209bd4a818baaf1d1e25684ff9df1bae
           67b555df66f5b60ce30b9c8729187986542c6f3f36205be1501eb1d0b3b6bb0f"""
    )
    workspace = workspace_id(genesis.genesis)
    assert workspace == unhex("84e4780c43dae13ed32e3953f91dbe60801cbfe252b883d170c4d6bdc9f23f09")
    assert workspace == sha256(b"goat/genesis/1\0" + FOUNDING.encode()).digest()
    assert records.encode(genesis) == (64, FOUNDING.encode(), genesis.signature, b"m", b"d")


def test_endorsement() -> None:
    workspace = workspace_id(FOUNDING.encode())
    message = records.endorsement_message(workspace, FOUNDING.member, DEVICE.author, DEVICE.box)
    assert message == (
        b"goat/endorse/1\0" + workspace + FOUNDING.member + DEVICE.author + DEVICE.box
    )
    assert DEVICE.sign(message) == unhex(
        """c48e3d7d369eff60fce55ce1e3f57d10216c4b204cf2419e5f2b41b2289abbd5
           14ad46eda2089d61cb82a1b6971afe910a937644f61c290e7701350b11e98c0f"""
    )


def test_ids_of_an_admitted_member_and_of_a_founded_group() -> None:
    member = records.first_member(DEVICE.author)
    assert member == unhex("dc2223382c2a6dc83daa54f8e351341f")
    assert member == sha256(b"goat/member/1\0" + DEVICE.author).digest()[:16]
    group = records.founded_group(DEVICE.author, REPOSITORY)
    assert group == unhex("2b0e2a971784cdcdb3f79d8ba9c7d841")
    assert group == sha256(b"goat/group/1\0" + DEVICE.author + REPOSITORY).digest()[:16]


def test_operations() -> None:
    member, group, invite = MemberId(b"m" * 16), GroupId(b"g" * 16), InviteId(b"i" * 16)
    device, box, endorsement = DEVICE.author, DEVICE.box, b"e" * 64
    editor, person = records.Role.editor, records.InviteKind.person
    layouts: list[tuple[records.Record, tuple[object, ...]]] = [
        (records.Grant(member, group, editor), (65, member, group, 2)),
        (
            records.DeviceAdd(member, device, box, device, endorsement, b"name"),
            (66, member, device, box, device, endorsement, b"name"),
        ),
        (records.Invite(invite, group, editor, person, 9), (67, invite, group, 2, 1, 9)),
        (records.InviteCancel(invite), (68, invite)),
        (
            records.Admit(invite, member, device, box, b"n", b"d"),
            (69, invite, member, device, box, b"n", b"d"),
        ),
        (records.GroupOf(REPOSITORY, group, b"path"), (70, REPOSITORY, group, b"path")),
    ]
    for record, operation in layouts:
        assert records.encode(record) == operation
        assert records.decode(operation) == record


def test_a_note_of_the_crash_journal() -> None:
    workspace = WorkspaceId(bytes([5]) * 32)
    key = sealing.journal_key(DEVICE.sign_seed, workspace)
    assert key == unhex("1400535a5d20a55723c397a43f87cb41dfd19fb23a64d7e3f87dd3c96179062d")
    extracted = hmac.digest(bytes(32), DEVICE.sign_seed, "sha256")
    assert key == hmac.digest(extracted, b"goat/journal/1\0" + workspace + b"\1", "sha256")
    note = Note(
        b"draft 12",
        REPOSITORY,
        None,
        ItemKey("milk"),
        "note",
        1,
        7,
        (CommitId(bytes([8]) * 32),),
        (b"draft 11", CommitId(bytes([8]) * 32)),
        ((1, "body", 0, 0, "oat "),),
    )
    assert note.encode() == unhex(
        """647261667420313299c41001010101010101010101010101010101c0a46d696c
           6ba46e6f7465010791c420080808080808080808080808080808080808080808
           080808080808080808080892c4086472616674203131c4200808080808080808
           080808080808080808080808080808080808080808080808919501a4626f6479
           0000a46f617420"""
    )
    assert read_note(note.encode()) == note
    sealed = sealing.seal_note(note.encode(), key, bytes(12))
    assert sealed[:40] == unhex(
        "0000000000000000000000007ce7c509c38f9c7091175519a399867d026fcfe526ba37193ef94026"
    )
    assert sealing.open_note(sealed, key) == note.encode()
