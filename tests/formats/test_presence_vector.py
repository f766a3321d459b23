"""A frozen word of presence. A change here changes the format."""

from goatcore.ids import CommitId, GroupId, ItemKey, RepositoryId, RepositoryTag, epoch_id
from goatcore.sync.messages import decode, encode
from goatcore.sync.presence import NOWHERE, Whereabouts, say, understand
from goatcore.trust.sealing import Epoch
from goatcore.trust.signing import SigningKey

DEVICE = SigningKey(bytes(range(32)))
EPOCH_KEY = bytes([7]) * 32
EPOCH = Epoch(epoch_id(EPOCH_KEY), GroupId(bytes([2]) * 16), EPOCH_KEY)
REPOSITORY = RepositoryId(bytes([1]) * 16)
TAG = RepositoryTag(b"tag-of-8")
HERE = Whereabouts(ItemKey("milk"), "body", (CommitId(bytes([9]) * 32),), 3, 8, True)


def test_a_word_of_presence() -> None:
    word = say(HERE, REPOSITORY, EPOCH, DEVICE.public, DEVICE.sign, 1_700_000_000_000)
    data = encode(word, TAG)
    assert data == bytes.fromhex("".join(VECTOR.split()))
    assert decode(data) == (TAG, word)
    assert understand(word, REPOSITORY, EPOCH_KEY) == HERE


def test_a_word_of_goodbye() -> None:
    word = say(NOWHERE, REPOSITORY, EPOCH, DEVICE.public, DEVICE.sign, 1)
    assert word.sealed.hex() == GOODBYE
    assert understand(word, REPOSITORY, EPOCH_KEY) == NOWHERE


VECTOR = """
    9709c4087461672d6f662d38c42003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc86641255
    31b8cf0000018bcfe56800c41086c6b1ad1149b73acce845702815fea5c4409fa2c4c8c9c6323bd4909c2bc6
    7629eb11e8811e66d9897061a07570e56889cf05690c792b55f3214abae0d25e3dd4c439bcfc573e9fc45e00
    a2fca7b4284102c4416f677be046e166338783b1d04a258c273a0e8bcca7fe3d5b5195b38be3c8a703a4a478
    e8616d1db41d27c6e017f5e7691695c180d4e22f5aa21f6630ad1bd3a514
"""
GOODBYE = "7a031d916fab706008b56950c911559e4f27f376d351f9"
