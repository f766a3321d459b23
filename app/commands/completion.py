"""`goat completion`."""

from __future__ import annotations

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

VARIABLE = "_GOAT_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
@pass_wishes
def completion(wishes: Wishes, shell: str) -> int:
    """Print what makes the Tab key complete commands and options in your SHELL.

    For bash put this into ~/.bashrc: eval "$(goat completion bash)"; for zsh the same into
    ~/.zshrc; for fish `goat completion fish | source` into ~/.config/fish/config.fish.
    """
    from click.shell_completion import get_completion_class

    context = click.get_current_context()
    kind = get_completion_class(shell)
    if kind is None:
        raise Failed(f"Completion for {shell} is not known here.")
    root = context.find_root().command
    source = kind(root, {}, "goat", VARIABLE).source_vars()
    script = kind.source_template % source
    wishes.tell({"shell": shell, "script": script}, script)
    return 0
