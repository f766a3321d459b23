import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from goatcore.errors import Damaged, DiskFailed, NewerFormat, NotAGoatFile
from goatcore.ids import WORKSPACE_GROUP, AuthorKey, GroupId, MemberId, workspace_id
from goatcore.trust import keystore
from goatcore.trust.keystore import DeviceSecrets, WorkspaceKeys
from goatcore.trust.records import Founding
from goatcore.values import pack, unpack

NAMING = b"n" * 32
GENESIS = Founding(
    AuthorKey(b"r" * 32),
    MemberId(b"m" * 16),
    AuthorKey(b"d" * 32),
    b"b" * 32,
    sha256(NAMING).digest(),
    5,
    b"o" * 16,
).encode()
WORKSPACE = workspace_id(GENESIS)
KEYS = WorkspaceKeys(
    WORKSPACE,
    GENESIS,
    NAMING,
    (b"1" * 32, b"2" * 32),
    ((WORKSPACE_GROUP, b"w" * 32), (GroupId(b"g" * 16), b"e" * 32)),
    b"s" * 32,
)
DEVICE = DeviceSecrets(b"s" * 32, b"b" * 32, MemberId(b"m" * 16))

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    keystore.write_workspace_keys(tmp_path, KEYS)
    assert keystore.read_workspace_keys(tmp_path) == KEYS
    without_root = KEYS._replace(root=None, links=(), epochs=())
    keystore.write_workspace_keys(tmp_path, without_root)
    assert keystore.read_workspace_keys(tmp_path) == without_root
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


def test_the_bytes_of_both_files(tmp_path: Path) -> None:
    keystore.write_workspace_keys(tmp_path, KEYS)
    head, _, data = (tmp_path / "keys").read_bytes().partition(b"\n")
    assert head == b"goat keys 1"
    assert unpack(data) == {
        "workspace": WORKSPACE,
        "genesis": GENESIS,
        "naming": NAMING,
        "links": [b"1" * 32, b"2" * 32],
        "epochs": [[bytes(16), b"w" * 32], [b"g" * 16, b"e" * 32]],
        "root": b"s" * 32,
    }
    keystore.write_device(tmp_path, WORKSPACE, DEVICE)
    written = (tmp_path / "devices" / f"{WORKSPACE.hex()}.key").read_bytes()
    assert written == b"goat device 1\n" + pack(
        {"sign": b"s" * 32, "box": b"b" * 32, "member": b"m" * 16, "earlier": None}
    )


def test_a_device_is_read_as_it_was_written(tmp_path: Path) -> None:
    home = tmp_path / "state" / "deep"
    assert keystore.read_device(home, WORKSPACE) is None
    keystore.write_device(home, WORKSPACE, DEVICE._replace(member=None))
    assert keystore.read_device(home, WORKSPACE) == DEVICE._replace(member=None)
    keystore.write_device(home, WORKSPACE, DEVICE)
    assert keystore.read_device(home, WORKSPACE) == DEVICE


def test_no_file_is_no_keys(tmp_path: Path) -> None:
    assert keystore.read_workspace_keys(tmp_path) is None
    assert keystore.read_workspace_keys(tmp_path / "nowhere") is None


@posix
def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"old")
    path.chmod(0o644)
    keystore.write_workspace_keys(tmp_path, KEYS)
    keystore.write_device(tmp_path, WORKSPACE, DEVICE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    device = keystore.device_path(tmp_path, WORKSPACE)
    assert stat.S_IMODE(device.stat().st_mode) == 0o600
    assert stat.S_IMODE(device.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"goat", b"goat device 1\n" + pack({})])
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "keys").write_bytes(data)
    with pytest.raises(NotAGoatFile):
        keystore.read_workspace_keys(tmp_path)
    assert (tmp_path / "keys").read_bytes() == data


@pytest.mark.parametrize("head", [b"goat keys 2\n", b"goat keys 10\n"])
def test_a_file_of_a_newer_version_is_refused(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "keys").write_bytes(head + pack(KEYS._asdict()))
    with pytest.raises(NewerFormat):
        keystore.read_workspace_keys(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"workspace": b"w" * 32},
        {"naming": b"N" * 32},
        {"naming": b"n"},
        {"genesis": b"g"},
        {"links": [b"short"]},
        {"links": "none"},
        {"epochs": [[b"g" * 16]]},
        {"epochs": [[b"g" * 16, b"k" * 31]]},
        {"epochs": [[b"g" * 15, b"k" * 32]]},
        {"root": b"s"},
        {"root": 0},
        {"more": 1},
    ],
    ids=str,
)
def test_damaged_keys_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "keys").write_bytes(b"goat keys 1\n" + pack(KEYS._asdict() | change))
    with pytest.raises(Damaged, match=r"damaged\. Put back a copy"):
        keystore.read_workspace_keys(tmp_path)


@pytest.mark.parametrize("change", [{"sign": b"s"}, {"box": None}, {"member": b""}, {"x": 1}])
def test_a_damaged_device_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    keystore.write_device(tmp_path, WORKSPACE, DEVICE)
    keystore.device_path(tmp_path, WORKSPACE).write_bytes(
        b"goat device 1\n" + pack(DEVICE._asdict() | change)
    )
    with pytest.raises(Damaged):
        keystore.read_device(tmp_path, WORKSPACE)


def test_a_file_cut_off_at_any_place_is_refused(tmp_path: Path) -> None:
    keystore.write_workspace_keys(tmp_path, KEYS)
    whole = (tmp_path / "keys").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "keys").write_bytes(whole[:length])
        with pytest.raises((Damaged, NotAGoatFile, NewerFormat)):
            keystore.read_workspace_keys(tmp_path)


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.write_workspace_keys(tmp_path, KEYS)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFailed, match=r"Cannot write .*keys: No space left on device"):
        keystore.write_workspace_keys(tmp_path, KEYS._replace(root=None))
    monkeypatch.undo()
    assert keystore.read_workspace_keys(tmp_path) == KEYS
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


def test_a_leftover_of_a_write_that_was_cut_off_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "keys.new").write_bytes(b"half")
    keystore.write_workspace_keys(tmp_path, KEYS)
    assert keystore.read_workspace_keys(tmp_path) == KEYS
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


def test_the_file_is_on_disk_before_it_replaces_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noting_sync(handle: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        sync(handle)

    def noting_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(Path, "replace", noting_replace)
    keystore.write_workspace_keys(tmp_path, KEYS)
    expected = ["sync file", "rename", "sync folder"]
    assert steps == (expected[:2] if os.name == "nt" else expected)


def test_a_folder_where_the_file_should_be_is_a_plain_failure(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(DiskFailed, match="Cannot read"):
        keystore.read_workspace_keys(tmp_path)
    with pytest.raises(DiskFailed, match="Cannot write"):
        keystore.write_workspace_keys(tmp_path, KEYS)
