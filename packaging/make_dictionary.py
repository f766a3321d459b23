"""Makes goatcore/history/dictionary1.bin, the frozen dictionary of the body codec.

    python packaging/make_dictionary.py FILE

Bodies of short notes, typing and field edits are made up from common words and Markdown shapes with
a fixed seed and given to Zstandard's trainer. The file in the tree is the format: a new training
would be dictionary 2, under a new codec byte.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import zstandard

from goatcore.values import pack

WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have
from or had an they which one you were her all she there would their we him been has when
who will more no if out so said what up its about into than them can only other new some
could time these two may then do first any my now such like our over man me even most made
after also did many before must through back years where much your way well down should
because each just those people how too little state good very make world still own see men
work long get here between both life being under never day same another know while last
might us great old year off come since against go came right used take three meeting note
list todo idea plan call mail buy milk bread project week month today tomorrow yesterday
morning evening next done open question answer check send write read book page chapter
draft review budget invoice travel train flight hotel kitchen garden recipe sugar flour
butter water minutes degrees oven school doctor birthday present number street house
window door paint repair tools garage car insurance tax account password server update
version release branch merge test build deploy error fix change design screen button
colour font
""".split()  # noqa: SIM905
SHAPES = (
    "# {}\n\n",
    "## {}\n",
    "- [ ] {}\n",
    "- [x] {}\n",
    "- {}\n",
    "1. {}\n",
    "> {}\n",
    "{}. ",
    "{}, ",
    "**{}** ",
    "*{}* ",
    "`{}` ",
    "[{}](https://www.{}.com/)\n",
    "[[{}]] ",
    "#{} ",
    "```\n{}\n```\n",
    "{}\n\n",
    "---\ntitle: {}\ntags: {}\n---\n",
    "| {} | {} |\n",
)


def words(rnd: random.Random, count: int) -> str:
    return " ".join(rnd.choice(WORDS) for _ in range(count))


def text(rnd: random.Random) -> str:
    out = []
    for _ in range(rnd.randint(0, 6)):
        shape = rnd.choice(SHAPES)
        out.append(shape.format(words(rnd, rnd.randint(1, 9)).capitalize(), rnd.choice(WORDS)))
    return "".join(out)


def operations(rnd: random.Random, ms: int) -> tuple[str, list[list[object]]]:
    kind = rnd.randrange(8)
    edited: list[object] = [0, "edited", ms]
    if kind < 3:
        return "note", [
            [0, "title", words(rnd, rnd.randint(1, 5)).capitalize()],
            [1, "body", 0, 0, text(rnd) or "x"],
            [0, "notebook", rnd.choice(["", rnd.randbytes(8).hex()])],
            [0, "pinned", rnd.random() < 0.1],
            [0, "created", ms],
            edited,
        ]
    if kind < 6:
        typed: list[list[object]] = [
            [1, "body", rnd.randrange(3000), rnd.choice([0, 0, 0, 1, 7]), words(rnd, 2) + " "]
            for _ in range(rnd.randint(1, 3))
        ]
        return "note", [*typed, edited]
    if kind == 6:
        return "note", [[0, "title", words(rnd, 3)], edited]
    return "notebook", [[0, "name", words(rnd, 2).capitalize()], [0, "parent", ""]]


def samples() -> list[bytes]:
    rnd = random.Random(1)
    out = []
    for _ in range(6000):
        ms = 1_700_000_000_000 + rnd.randrange(10**11)
        schema, edits = operations(rnd, ms)
        parents = rnd.choice([[], [0], [[0, rnd.randint(1, 9)]], [0, 1]])
        change = [rnd.randbytes(10).hex(), schema, 1, parents, edits]
        label = rnd.choice([None, None, None, "import", "delete", "tidy up"])
        out.append(pack([None, label, [change]]))
    return out


if __name__ == "__main__":
    data = samples()
    dictionary = zstandard.train_dictionary(6144, data, level=3)
    Path(sys.argv[1]).write_bytes(dictionary.as_bytes())
    compressor = zstandard.ZstdCompressor(
        level=3, dict_data=dictionary, write_checksum=False, write_dict_id=False
    )
    before, after = sum(map(len, data)), sum(len(compressor.compress(d)) for d in data)
    print(f"{len(data)} bodies: {before / len(data):.0f} → {after / len(data):.0f} bytes each")
