"""What a set of changes means, written down as slowly and plainly as possible.

No run is joined, nothing is kept between calls, versions are sets of commits. The order of letters
is FugueMax as its authors define it, a tree whose right siblings stand in the reverse order of
their right origins; the code under test uses another formulation (YjsMod).
"""

from __future__ import annotations

from goatcore.values import pack


def merged(records):
    """The set of records with equal root changes made one: {commit: record}, {commit: its name}."""
    names, roots = {}, {}
    for record in sorted(records, key=lambda r: r.commit):
        if record.parents:
            names[record.commit] = record.commit
        else:
            names[record.commit] = roots.setdefault(pack(record.operations), record.commit)
    return {r.commit: r for r in records if names[r.commit] == r.commit}, names


class Meaning:
    """Everything there is to ask about a set of changes."""

    def __init__(self, records):
        self.changes, self.names = merged(records)
        self.pasts = {}
        for commit in self.changes:
            self.past(commit)

    def past(self, commit):
        """All ancestors of a commit."""
        if commit not in self.pasts:
            found = set()
            for parent in self.changes[commit].parents:
                found |= {self.names[parent]} | self.past(self.names[parent])
            self.pasts[commit] = found
        return self.pasts[commit]

    def heads(self):
        seen = {self.names[p] for r in self.changes.values() for p in r.parents}
        return tuple(sorted(set(self.changes) - seen))

    def closed(self, version):
        """The commits of a version and their ancestors."""
        found = set()
        for commit in version:
            found |= {self.names[commit]} | self.past(self.names[commit])
        return found

    def field_names(self, *codes):
        return sorted(
            {op[1] for r in self.changes.values() for op in r.operations if op[0] in codes}
        )

    def alternatives(self, name):
        writes = {}
        for commit, record in self.changes.items():
            for op in record.operations:
                if op[0] == 0 and op[1] == name:
                    writes[commit] = op[2]
        seen = set()
        for commit in writes:
            seen |= self.past(commit)
        open_writes = [c for c in writes if c not in seen]
        open_writes.sort(key=lambda c: (self.changes[c].stamp, c), reverse=True)
        return [writes[c] for c in open_writes]

    def about(self, codes, name):
        """(commit, place in it, operation) of all operations on a field."""
        return [
            (commit, at, op)
            for commit, record in self.changes.items()
            for at, op in enumerate(record.operations)
            if op[0] in codes and op[1] == name
        ]

    def saw(self, one, other):
        """Whether the operation `one` was made knowing of `other`."""
        return other[0] in self.past(one[0]) or (one[0] == other[0] and other[1] < one[1])

    def members(self, name):
        """The encoded members of a set."""
        found = self.about({2, 3}, name)
        return sorted(
            {
                pack(add[2][2])
                for add in found
                if add[2][0] == 2
                and not any(
                    one[2][0] == 3 and pack(one[2][2]) == pack(add[2][2]) and self.saw(one, add)
                    for one in found
                )
            }
        )

    def entries(self, name):
        """The competing values of every key of a map, by the encoded key."""
        found = self.about({4, 5}, name)
        standing = [
            put
            for put in found
            if put[2][0] == 4
            and not any(pack(one[2][2]) == pack(put[2][2]) and self.saw(one, put) for one in found)
        ]
        standing.sort(key=lambda one: (self.changes[one[0]].stamp, one[0]), reverse=True)
        return {
            pack(key): [put[2][3] for put in standing if pack(put[2][2]) == pack(key)]
            for key in [put[2][2] for put in standing]
        }

    def total(self, name):
        return sum(op[2] for _, _, op in self.about({6}, name))

    def standing_deletes(self):
        """Deletes that no restore has in its past; within a change the later operation is later."""
        deletes, restores = set(), set()
        for commit, record in self.changes.items():
            codes = [op[0] for op in record.operations if op[0] in {7, 8}]
            if codes and codes[-1] == 7:
                deletes.add(commit)
            if 8 in codes:
                restores.add(commit)
        return {d for d in deletes if not any(d in self.past(r) for r in restores)}

    def unaware(self):
        """Changes that are apart from every standing delete."""
        standing = self.standing_deletes()
        return [
            c
            for c in self.changes
            if standing
            and not any(c == d or c in self.past(d) or d in self.past(c) for d in standing)
        ]

    def visible(self):
        return bool(self.changes) and (not self.standing_deletes() or bool(self.unaware()))

    def flagged(self):
        return bool(self.unaware())

    def history(self):
        """Parents first; of those that could be next the least (stamp, commit)."""
        done, order = set(), []
        while len(order) < len(self.changes):
            free = [
                (r.stamp, c)
                for c, r in self.changes.items()
                if c not in done and all(self.names[p] in done for p in r.parents)
            ]
            commit = min(free)[1]
            done.add(commit)
            order.append(commit)
        return order

    def letters(self, name, version=None):
        """The letters of a text that are left at a version (default: all), in order."""
        wanted = set(self.changes) if version is None else self.closed(version)
        document = Letters()
        for commit in self.history():
            record = self.changes[commit]
            seen = self.past(commit) | {commit}
            splices = [op[2:] for op in record.operations if op[0] == 1 and op[1] == name]
            rank = (record.author, record.seq, commit)
            document.write(commit, rank, seen, splices)
        return [
            letter
            for letter in document.order
            if letter.commit in wanted and not letter.deleted_by & wanted
        ]

    def text(self, name, version=None):
        return "".join(letter.sign for letter in self.letters(name, version))

    def writers(self, name):
        return [letter.commit for letter in self.letters(name)]

    def without(self, name, commits):
        """The text if changes had never inserted anything, nor deleted what nobody else did."""
        document = Letters()
        for other in self.history():
            record = self.changes[other]
            seen = self.past(other) | {other}
            splices = [op[2:] for op in record.operations if op[0] == 1 and op[1] == name]
            document.write(other, (record.author, record.seq, other), seen, splices)
        return "".join(
            letter.sign
            for letter in document.order
            if letter.commit not in commits and not letter.deleted_by - commits
        )


class Letter:
    def __init__(self, sign, commit, rank):
        self.sign, self.commit, self.rank = sign, commit, rank
        self.deleted_by = set()
        self.lefts, self.rights = [], []  # children, in order
        self.right_origin = None


class Letters:
    """All letters ever written, deleted or not, as the tree of Fugue."""

    def __init__(self):
        self.root = Letter("", None, ())
        self.order = []

    def write(self, commit, rank, seen, splices):
        offset = 0
        for position, deleted, inserted in splices:
            for _ in range(min(deleted, len(self.order))):
                here = self.visible(seen)
                if position < len(here):
                    here[position].deleted_by.add(commit)
            for before, sign in enumerate(inserted):
                here = self.visible(seen)
                at = min(position + before, len(here))
                left = here[at - 1] if at else self.root
                self.insert(Letter(sign, commit, (rank, offset)), left, seen)
                offset += 1

    def visible(self, seen):
        return [x for x in self.order if x.commit in seen and not x.deleted_by & seen]

    def insert(self, letter, left, seen):
        after = self.order.index(left) + 1 if left is not self.root else 0
        origin = next((x for x in self.order[after:] if x.commit in seen), None)
        if any(child.commit in seen for child in left.rights):
            origin.lefts.append(letter)
            origin.lefts.sort(key=lambda x: x.rank)
        else:
            letter.right_origin = origin
            left.rights.append(letter)
            places = {id(x): i for i, x in enumerate(self.order)}
            places[id(None)] = len(self.order)
            left.rights.sort(key=lambda x: (-places[id(x.right_origin)], x.rank))
        self.order = []
        self.walk(self.root)

    def walk(self, letter):
        for child in letter.lefts:
            self.walk(child)
        if letter is not self.root:
            self.order.append(letter)
        for child in letter.rights:
            self.walk(child)
