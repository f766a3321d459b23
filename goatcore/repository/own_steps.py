"""What was done here since a repository was opened, step by step: what undo goes back along.

Owns where a step begins. Must never import the repository.
"""

from __future__ import annotations

from goatcore.ids import CommitId

Step = tuple[CommitId, ...]  # a long edit is several commits


class OwnSteps:
    """What was done here, in order: a step is a draft or a transaction."""

    __slots__ = ("_begun", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._begun = True

    def begin(self) -> None:
        """What is added next is another step."""
        self._begun = True

    def add(self, commit: CommitId) -> None:
        """A commit was made here."""
        if self._begun:
            self.steps.append((commit,))
            self._begun = False
        else:
            self.steps[-1] = (*self.steps[-1], commit)
