"""Random histories of one item: several people who see each other's work late, and in any order."""

from __future__ import annotations

from goatcore.history.item_state import ChangeRecord
from goatcore.values import pack

SIGNS = "abcdefgh"
MEMBERS = ["x", 1, True, 1.0, b"x", ("x", 1)]


def random_splice(random, field, reach=8):
    """A text operation; often out of range."""
    deleted = random.choice([0, 0, 1, 3])
    inserted = "".join(random.choice(SIGNS) for _ in range(random.randint(0 if deleted else 1, 3)))
    return (1, field, random.randint(0, reach), deleted, inserted)


def random_container_operation(random):
    """An operation of a set, a map or a counter, all of one name."""
    code = random.choice([2, 2, 3, 4, 4, 5, 6])
    if code == 6:
        return (6, "tags", random.choice([1, -3, (1 << 63) - 1]))
    return (code, "tags", random.choice(MEMBERS), *([random.randint(0, 3)] * (code == 4)))


def random_operations(random, reach=8):
    """The operations of one change; sometimes none: a void change."""
    operations = []
    for _ in range(random.choice([0, 1, 1, 1, 1, 2, 3])):
        kind = random.random()
        if kind < 0.5:
            operations.append(
                random_splice(random, random.choice(["body", "body", "title"]), reach)
            )
        elif kind < 0.72:
            operations.append(random_container_operation(random))
        elif kind < 0.85:
            operations.append(
                (0, random.choice(["done", "date"]), random.choice([0, 1, True, "x"]))
            )
        elif kind < 0.92:
            operations.append((7,))
        elif kind < 0.97:
            operations.append((8,))
        else:
            operations.append((random.choice([17, 40, 64]), "marks", 1))
    return tuple(operations)


def random_parents(random, commits, seen):
    """What a change is made on: mostly the heads of what its author has."""
    kind = random.random()
    if kind < 0.1 and seen:  # any version, told clumsily
        return [random.choice(sorted(seen)) for _ in range(random.randint(1, 3))]
    if kind < 0.13:
        return []
    older = {parent for commit in seen for parent in commits[commit].parents}
    return random.sample(sorted(seen - older), len(seen - older))


def closed(commits, wanted):
    """Commits and all that they stand on."""
    found, stack = set(), list(wanted)
    while stack:
        commit = stack.pop()
        if commit not in found:
            found.add(commit)
            stack.extend(commits[commit].parents)
    return found


def random_history(random, steps, people=3, reach=8):
    """Changes, parents first."""
    commits, seen, seqs = {}, [set() for _ in range(people)], [0] * people
    for _ in range(steps):
        who = random.randrange(people)
        news = seen[random.randrange(people)] - seen[who]
        if news and random.random() < 0.4:
            if random.random() < 0.5:
                news = closed(commits, [random.choice(sorted(news))])
            seen[who] |= news
            continue
        parents = random_parents(random, commits, seen[who])
        operations = random_operations(random, reach)
        if not parents and random.random() < 0.6:
            operations = (
                (1, "body", 0, 0, "xy"),
                (0, "done", True),
                (4, "tags", 1, 2),
                (6, "n", 1),
            )
        seqs[who] += 1
        if random.random() < 0.05:
            seqs[who] -= 1  # a fork: the same number twice
        commit = random.randbytes(32)
        commits[commit] = ChangeRecord(
            bytes([who]) * 32, seqs[who], commit, random.randint(0, 5), tuple(parents), operations
        )
        seen[who].add(commit)
    return list(commits.values())


def shuffled(random, records):
    """The same changes in another order, parents first."""
    left, order = {record.commit: record for record in records}, []
    while left:
        free = [c for c, r in left.items() if not any(parent in left for parent in r.parents)]
        order.append(left.pop(random.choice(free)))
    return order


def view(state):
    """All that an item state shows."""
    return {
        "heads": state.heads,
        "texts": {name: state.text(name) for name in sorted(state.texts)},
        "registers": {n: repr(state.alternatives(n)) for n in sorted(state.registers)},
        "sets": {n: [pack(one) for one in state.members(n)] for n in sorted(state.sets)},
        "maps": {
            n: {
                pack(k): (repr(v), repr(state.entry_alternatives(n, k)))
                for k, v in state.entries(n)
            }
            for n in sorted(state.maps)
        },
        "counters": {n: state.total(n) for n in sorted(state.counters)},
        "visible": state.visible,
        "flagged": state.flagged,
        "history": [entry.commit for entry in state.history()],
    }


def meant(meaning):
    """The same of the plain reading."""
    return {
        "heads": meaning.heads(),
        "texts": {name: meaning.text(name) for name in meaning.field_names(1)},
        "registers": {n: repr(meaning.alternatives(n)) for n in meaning.field_names(0)},
        "sets": {n: meaning.members(n) for n in meaning.field_names(2, 3)},
        "maps": {
            n: {k: (repr(found[0]), repr(found)) for k, found in meaning.entries(n).items()}
            for n in meaning.field_names(4, 5)
        },
        "counters": {n: meaning.total(n) for n in meaning.field_names(6)},
        "visible": meaning.visible(),
        "flagged": meaning.flagged(),
        "history": meaning.history(),
    }


def spliced(text, splices):
    """A text with splices applied; every one must be in range."""
    for position, deleted, inserted in splices:
        assert 0 <= position <= position + deleted <= len(text)
        text = text[:position] + inserted + text[position + deleted :]
    return text
