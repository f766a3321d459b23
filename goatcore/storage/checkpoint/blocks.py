"""Sealed blocks: read, opened, and kept for a while.

Owns the seal and the bounded cache. Invariant: nothing leaves here that its entry's nonce and the
checkpoint's key do not vouch for; what does not open, or cannot be read, is `CheckpointDamaged`.
The cache's bound is in bytes of opened blocks and may be shared by many checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from goatcore.errors import CheckpointDamaged
from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.layout import BLOCK_SIZE_MAX, TAG_SIZE, Entry

if TYPE_CHECKING:
    from zstandard import ZstdCompressor, ZstdDecompressor

CACHE_BYTES: Final = 8 * 1024 * 1024
LEVEL: Final = 3
_ASSOCIATED: Final = b"goat/index/1\0"

T = TypeVar("T")


class BlockCache:
    """Opened blocks, the least recently used dropped first. One thread's."""

    __slots__ = ("_blocks", "_size", "limit")

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self.limit = limit_bytes
        self._size = 0
        self._blocks: dict[tuple[int, int], tuple[Any, int]] = {}

    def get(self, owner: int, at: int) -> Any:
        """What was put for a block of a checkpoint; None if nothing is here (any more)."""
        key = (owner, at)
        found = self._blocks.pop(key, None)
        if found is None:
            return None
        self._blocks[key] = found  # the newest stands last
        return found[0]

    def put(self, owner: int, at: int, block: object, size: int) -> None:
        """Keep a block of `size` bytes that `get` did not find, dropping others for it."""
        if size > self.limit // 2:
            return
        blocks = self._blocks
        assert (owner, at) not in blocks
        blocks[owner, at] = block, size
        self._size += size
        while self._size > self.limit:
            self._size -= blocks.pop(next(iter(blocks)))[1]

    def drop(self, owner: int) -> None:
        """Forget all blocks of one checkpoint."""
        for key in [key for key in self._blocks if key[0] == owner]:
            self._size -= self._blocks.pop(key)[1]

    @property
    def size(self) -> int:
        """Bytes of the blocks that are kept."""
        return self._size


class Seal:
    """Seals and opens the blocks of one repository's checkpoints; one thread's."""

    __slots__ = ("_associated", "_cipher")

    def __init__(self, key: bytes, repository: RepositoryId) -> None:
        self._cipher = AESGCM(key)
        self._associated = _ASSOCIATED + repository

    def seal(self, nonce: bytes, plain: bytes, header: bytes = b"") -> bytes:
        return self._cipher.encrypt(nonce, plain, self._associated + header)

    def open(self, nonce: bytes, sealed: bytes, header: bytes = b"") -> bytes:
        """What was sealed. Raises `CheckpointDamaged`."""
        try:
            return self._cipher.decrypt(nonce, sealed, self._associated + header)
        except InvalidTag:
            raise CheckpointDamaged("A block of the index is damaged.") from None


class Zstd:
    """Compression of blocks; the library is loaded when the first block needs it. One thread's."""

    __slots__ = ("_compressor", "_decompressor")

    def __init__(self) -> None:
        self._compressor: ZstdCompressor | None = None
        self._decompressor: ZstdDecompressor | None = None

    def compress(self, plain: bytes) -> bytes:
        if self._compressor is None:
            from zstandard import ZstdCompressor

            self._compressor = ZstdCompressor(level=LEVEL)
        return self._compressor.compress(plain)

    def decompress(self, packed: bytes) -> bytes:
        """The content of a frame that was sealed by us, and so is what we made."""
        if self._decompressor is None:
            from zstandard import ZstdDecompressor

            self._decompressor = ZstdDecompressor()
        return self._decompressor.decompress(packed)


class Blocks:
    """The blocks of one checkpoint file, as one thread reads them."""

    __slots__ = ("_cache", "_owner", "_seal", "read", "zstd")

    def __init__(
        self, read: Callable[[int, int], bytes], seal: Seal, cache: BlockCache, owner: int
    ) -> None:
        self.read = read
        self._seal = seal
        self._cache = cache
        self._owner = owner
        self.zstd = Zstd()

    def open(self, entry: Entry) -> bytes:
        """A block's content, past the cache. Raises `CheckpointDamaged`."""
        at, size, _, nonce = entry
        if not TAG_SIZE <= size <= BLOCK_SIZE_MAX:
            raise CheckpointDamaged("A block of the index has an impossible size.")
        return self._seal.open(nonce, self.read(at, size))

    def cached(self, entry: Entry, decode: Callable[[bytes], tuple[T, int]]) -> T:
        """What `decode` makes of a block, and how many bytes that takes; kept for a while."""
        found: T | None = self._cache.get(self._owner, entry[0])
        if found is None:
            found, size = decode(self.open(entry))
            self._cache.put(self._owner, entry[0], found, size)
        return found
