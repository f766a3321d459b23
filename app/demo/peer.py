"""One peer of the demo: a workspace and a network as the window has them, without the window.

Owns what the demo can ask for. Invariant: it opens its own folder only; whatever it knows of the
other peer came by the network.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from app.demo.control import Answer, serve
from app.demo.typist import Typist
from app.folders import Folders
from app.memory import quiet_memory, settle_memory
from app.settings import Settings
from app.terminal import Changes
from app.workspaces import CONFIRMED, DEVICE, MEMBER, OpenWorkspaces
from goatcore import Item, Join, Network, Refused, Repository, Role, Share, system_clock
from ui.operations import notebooks, notes
from ui.operations.importing import import_files, scan
from ui.operations.schemas import NOTE, NOTEBOOK

CLOSE_S: Final = 5.0


async def run_peer(folders: Folders, member: str, device: str) -> None:
    """Do what stdin asks for until it ends."""
    Settings(folders.state).keep({MEMBER: member, DEVICE: device, CONFIRMED: True})
    with OpenWorkspaces.open(folders, welcome=False) as workspaces:
        network = Network(folders.state, interfaces="loopback")
        for database in workspaces.databases:
            network.add(database)
        await network.start()
        try:
            peer = _DemoPeer(workspaces, network)
            deeds = {
                "fill": peer.fill,
                "share": peer.share,
                "confirm": peer.confirm,
                "join": peer.join,
                "state": peer.state,
                "commits": peer.commits,
                "begin": peer.begin,
                "type": peer.type,
                "times": peer.times,
            }
            with quiet_memory():
                await serve(deeds, sys.stdin, sys.stdout)
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(network.close(), CLOSE_S)


class _DemoPeer:
    def __init__(self, workspaces: OpenWorkspaces, network: Network) -> None:
        self._workspaces = workspaces
        self._network = network
        self._repository: Repository | None = None
        self._share: Share | None = None
        self._join: Join | None = None
        self._typist: Typist | None = None

    async def fill(self, wish: Answer) -> Answer:
        """Make a notebook and import a folder into it."""
        own = self._workspaces.databases[0]
        found = scan(Path(wish["folder"]))
        name = wish["name"] or found.folder.name
        repository = self._repository = notebooks.create(own, name)
        failed = []
        for result in import_files(repository, found):
            if result.verdict == "failed":
                failed.append(f"{result.path}: {result.reason}")
            await asyncio.sleep(0)  # the network goes on meanwhile
        await own.flush()
        return {"name": name, "failed": failed, "attachments": found.attachments}

    async def share(self, _wish: Answer) -> Answer:
        """Open an invitation; the code."""
        assert self._repository is not None
        own = self._workspaces.databases[0]
        self._share = self._network.share(
            own, self._repository.path, whom="person", role=Role.editor
        )
        return {"code": self._share.code}

    async def confirm(self, _wish: Answer) -> Answer:
        """Wait for somebody with the code, and let them in."""
        share = self._share
        assert share is not None
        changes = Changes()
        share.subscribe(changes)
        confirmed = False
        while share.state in {"waiting", "asking"}:
            if share.state == "asking" and not confirmed:
                confirmed = True
                share.confirm()
                continue
            await changes.next()
        if share.state != "done" or share.guest is None:
            raise Refused(share.problem or "Nobody was let in.")
        return {"member": share.guest.member_name, "device": share.guest.device_name}

    async def join(self, wish: Answer) -> Answer:
        """Join with a code, and open the notebook."""
        names = self._workspaces.names
        joining = self._join = self._network.join(
            wish["code"],
            folder=self._workspaces.new_folder(),
            member_name=names.member,
            device_name=names.device,
        )
        database = await joining.wait()
        self._workspaces.add(database)
        assert joining.path is not None
        self._repository = database.repository(joining.path)
        return {"host": joining.host}

    async def state(self, _wish: Answer) -> Answer:
        """What this peer holds, in numbers."""
        return {} if self._repository is None else state_of(self._repository)

    async def commits(self, _wish: Answer) -> Answer:
        """Which commits this peer holds; cheap enough to be asked often."""
        repository = self._repository
        return {} if repository is None else commits_of(repository)

    async def begin(self, wish: Answer) -> Answer:
        """Put the caret into the note where the typing will be."""
        assert self._repository is not None
        settle_memory()
        note = first_note(self._repository)
        self._typist = Typist(note, wish["mine"], wish["other"], wish["seed"])
        return {"title": notes.shown_title(note)}

    async def type(self, wish: Answer) -> Answer:
        """Type for a while."""
        assert self._repository is not None
        assert self._typist is not None
        await self._typist.type(wish["seconds"])
        notes.touch(first_note(self._repository), system_clock())
        self._repository.record_drafts()
        return {"words": len(self._typist.recorded_ns)}

    async def times(self, _wish: Answer) -> Answer:
        """When words were recorded here, and when the other's were seen here."""
        assert self._typist is not None
        self._typist.close()
        return {"recorded_ns": self._typist.recorded_ns, "seen_ns": self._typist.seen_ns}


def first_note(repository: Repository) -> Item:
    """The note that both type into: the same one on both sides."""
    return min(repository.items(NOTE), key=lambda note: (note.source, note.key))


def state_of(repository: Repository) -> Answer:
    """Counts and hashes of all that shows in a notebook, and of all commits it holds."""
    content = blake2b(digest_size=16)
    counts = {}
    for schema in (NOTE, NOTEBOOK):
        items = sorted(repository.items(schema), key=lambda item: item.key)
        counts[schema.name] = len(items)
        for item in items:
            values = [str(getattr(item, name)) for name in schema.fields]
            content.update(repr((item.key, schema.name, values)).encode())
    return {
        "notes": counts[NOTE.name],
        "items": sum(counts.values()),
        "content": content.hexdigest(),
        **commits_of(repository),
    }


def commits_of(repository: Repository) -> Answer:
    """The count and the digest of the commits that a notebook holds."""
    return {
        "commits": repository.count,
        "digest": repository.digest.hex(),
        "durable": repository.durable,
    }
