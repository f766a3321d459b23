"""A workspace, checked as a whole: every log, and what ties it to `/sys/members`.

Owns the order of a check. While the application goes on writing, a commit is in its log only after
the membership it stands on, so the members are read once more where something of them seems to be
missing. Invariant: reads only, takes no lock. Errors of the world are findings of the one file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Final

from goatcore.checking.findings import Checked, Finding, Progress, Whose
from goatcore.checking.frames import Frames
from goatcore.checking.log_check import Auth, LogCheck
from goatcore.errors import GoatError, NotAGoatFile
from goatcore.ids import MEMBERS_PATH, AuthorKey, CommitId, RepositoryId, repository_id
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import LOG_SUFFIX, log_path
from goatcore.trust.causality import read_membership
from goatcore.trust.keystore import WorkspaceKeys, read_workspace_keys
from goatcore.trust.members import Evaluation, Names, evaluate, open_names
from goatcore.trust.purges import NOTHING_PURGED
from goatcore.trust.records import Unknown
from goatcore.trust.sealing import Keyring

ID_BYTES: Final = 16


class WorkspaceCheck:
    """The check of one workspace's folder, or of some of its logs. `pause` waits a moment: what is
    being written just then becomes whole."""

    def __init__(
        self,
        folder: Path,
        *,
        only: Iterable[Path] = (),
        disk: Disk | None = None,
        pause: Callable[[], None],
    ) -> None:
        """Raises `NotAGoatFile` for a folder without a workspace in it, `DiskFailed`."""
        self._folder = folder
        self._disk = disk or FileDisk()
        self._pause = pause
        self._findings: list[Finding] = []
        self._keys = self._read_keys()
        self._keyring = Keyring(() if self._keys is None else self._keys.epochs)
        try:
            names = [name for name in self._disk.listdir(folder) if name.endswith(LOG_SUFFIX)]
        except OSError as error:
            raise disk_failed(str(folder), error) from error
        if not names and self._keys is None:
            raise NotAGoatFile(f"“{folder.name}” has no notebooks of Goat Notes in it.")
        wanted = {path.name for path in only}
        self._names = sorted(wanted or names)
        self._evaluation: Evaluation | None = None
        self._people: Names | None = None
        self._membership: set[CommitId] = set()
        self._checks: list[LogCheck] = []
        self._bytes = 0

    def run(self) -> Generator[Progress, None, Checked]:
        """Check step by step; to stop iterating is to cancel. Returns what was found."""
        members = self._members_name
        sizes = {name: self._size(name) for name in self._names}
        total = sum(sizes.values())
        order = [name for name in self._names if name != members]
        if members is not None:
            yield from self._check_members(members, total, tell=members in sizes)
        for name in order:
            check = yield from self._check_log(name, total)
            if check is not None:
                self._check_against_members(check, name)
        checks = self._checks
        return Checked(
            len(self._names),
            self._bytes,
            sum(len(check.seen) for check in checks),
            sum(check.signatures.count for check in checks),
            sum(check.locked for check in checks),
            [self._with_names(finding) for finding in self._findings],
        )

    # -- the parts ---------------------------------------------------------------------------------

    def _read_keys(self) -> WorkspaceKeys | None:
        try:
            keys = read_workspace_keys(self._folder)
        except GoatError as error:
            self._findings.append(Finding(True, "keys", None, str(error).rstrip(".")))
            return None
        if keys is None:
            self._findings.append(
                Finding(True, "keys", None, "the file is missing, so the notes cannot be read")
            )
        return keys

    @property
    def _members_name(self) -> str | None:
        if self._keys is None:
            return None
        return log_path(self._folder, repository_id(self._keys.naming, MEMBERS_PATH)).name

    def _size(self, name: str) -> int:
        try:
            file = self._disk.open(self._folder / name)
        except OSError:
            return 0
        try:
            return file.size()
        finally:
            file.close()

    def _check_members(
        self, name: str, total: int, *, tell: bool
    ) -> Generator[Progress, None, None]:
        before = len(self._findings)
        check = yield from self._check_log(name, total, members=True)
        if check is None or self._keys is None:
            return
        if not tell:  # only the notebooks' logs were asked for
            del self._findings[before:]
            self._checks.remove(check)
        self._learn(check)
        evaluation = self._evaluation
        assert evaluation is not None
        if evaluation.founding is None:
            self._findings.append(
                Finding(True, name, None, "the workspace’s first record is missing", MEMBERS_PATH)
            )
        for author, (offset, whose) in check.authors.items():
            if author not in evaluation.named:
                self._stranger(name, offset, whose)
        for commit in check.membership:
            for record in read_membership(commit).records:
                if isinstance(record, Unknown):
                    seen = check.seen[commit.id]
                    self._findings.append(
                        Finding(
                            False, name, seen.offset, f"a record is not understood: {record.reason}"
                        )
                    )

    def _learn(self, check: LogCheck) -> None:
        assert self._keys is not None
        commits = [read_membership(commit) for commit in check.membership]
        self._evaluation = evaluate(self._keys.workspace, commits)
        self._people = open_names(self._evaluation, self._keyring)
        self._membership = set(check.seen)

    def _check_log(
        self, name: str, total: int, *, members: bool = False
    ) -> Generator[Progress, None, LogCheck | None]:
        try:
            repository = _repository_of(name)
            file = self._disk.open(self._folder / name)
        except OSError as error:
            self._cannot(name, disk_failed(name, error))
            return None
        except GoatError as error:
            self._cannot(name, error)
            return None
        begun = self._bytes
        try:
            frames = Frames(name, file, self._pause)
            if frames.header.repository != repository:
                raise NotAGoatFile(f"“{name}” holds another repository than its name says.")
            check = LogCheck(name, repository, frames, self._keyring, members=members)
            for position in check.steps():
                yield Progress(begun + position, total, name)
            self._bytes = begun + frames.plan.size
            yield Progress(self._bytes, total, name)
        except OSError as error:
            self._cannot(name, disk_failed(name, error))
            return None
        except GoatError as error:
            self._cannot(name, error)
            return None
        finally:
            file.close()
        self._findings += check.findings
        self._checks.append(check)
        return check

    def _check_against_members(self, check: LogCheck, name: str) -> None:
        if self._evaluation is None:
            return
        if self._unknown(check):
            self._read_members_again()
        authors, auths = self._unknown_parts(check)
        for author in authors:
            self._stranger(name, *check.authors[author])
        for auth in auths:
            offset, whose = check.auths[auth]
            self._findings.append(
                Finding(True, name, offset, "the membership that it names is not here", "", whose)
            )
        purged = self._evaluation.purged.get(_repository_of(name), NOTHING_PURGED)
        for id_, (offset, whose) in check.bodiless.items():
            if id_ not in purged.commits:
                what = "its body is missing, and nobody with the right to deleted it for good"
                self._findings.append(Finding(True, name, offset, what, "", whose))
        if _repository_of(name) not in self._evaluation.repositories:
            self._findings.append(
                Finding(False, name, None, "no membership record says which notebook this is")
            )

    def _unknown(self, check: LogCheck) -> bool:
        return any(self._unknown_parts(check))

    def _unknown_parts(self, check: LogCheck) -> tuple[list[AuthorKey], list[Auth]]:
        evaluation = self._evaluation
        assert evaluation is not None
        return (
            [author for author in check.authors if author not in evaluation.named],
            [auth for auth in check.auths if not self._membership.issuperset(auth)],
        )

    def _read_members_again(self) -> None:
        """Somebody may have written them since they were read."""
        name = self._members_name
        assert name is not None
        findings, checks, read = list(self._findings), list(self._checks), self._bytes
        steps = self._check_log(name, 0, members=True)
        try:
            while True:
                next(steps)
        except StopIteration as end:
            if end.value is not None:
                self._learn(end.value)
        self._findings, self._checks, self._bytes = findings, checks, read

    # -- telling -----------------------------------------------------------------------------------

    def _cannot(self, name: str, error: GoatError) -> None:
        self._findings.append(Finding(True, name, None, str(error).rstrip(".")))

    def _stranger(self, name: str, offset: int, whose: Whose) -> None:
        self._findings.append(
            Finding(True, name, offset, "no membership record names its author", "", whose)
        )

    def _with_names(self, finding: Finding) -> Finding:
        people, evaluation = self._people, self._evaluation
        if people is None or evaluation is None:
            return finding
        whose = finding.whose
        if whose is not None:
            member = evaluation.member_of(whose.author)
            whose = whose._replace(
                member="" if member is None else people.members.get(member.id, ""),
                device=people.devices.get(whose.author, ""),
            )
        path = finding.path
        if not path and finding.file == self._members_name:
            path = MEMBERS_PATH
        elif not path and finding.file.endswith(LOG_SUFFIX):
            id_ = _id_of(finding.file)
            path = "" if id_ is None else people.paths.get(id_, "")
        return finding._replace(whose=whose, path=path)


def _id_of(name: str) -> RepositoryId | None:
    try:
        raw = bytes.fromhex(name.removesuffix(LOG_SUFFIX))
    except ValueError:
        return None
    return RepositoryId(raw) if len(raw) == ID_BYTES else None


def _repository_of(name: str) -> RepositoryId:
    repository = _id_of(name) if name.endswith(LOG_SUFFIX) else None
    if repository is None:
        raise NotAGoatFile(f"“{name}” is not a Goat Notes file.")
    return repository
