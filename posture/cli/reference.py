"""Writes `docs/cli.md`, the reference of every command, from the same declarations as the commands themselves.

Run `python -m posture.cli.reference docs/cli.md`; a test fails where the file is not what this writes.
"""

from __future__ import annotations

import sys

from posture.cli.commands import ROOT, panel_of, walk
from posture.cli.help_text import command_help, group_help, root_help
from posture.cli.parameters import ASKING, CATALOGUE, DATABASE, RECORDING
from posture.cli.session import write
from posture.cli.tree import Command
from posture.settings import PROJECT_FILE, SETTINGS, USER_FILE

WIDTH = 80

_INTRODUCTION = f"""\
# Commands

This page is generated from the command tree (`python -m posture.cli.reference docs/cli.md`); every text on it is what
`--help` prints, less the options that stand before or after every command: `--db`, `--debug`, `--no-color`, `--help`.

## What holds for every command

**Streams.** Data goes to standard output: reports, lists, the ids of what was written (`claim 12`, `entry #7`). Talk
goes to standard error: how a claim was understood, how to undo it, errors. `-q` leaves the talk out; `--json` on a
command that writes prints one object instead. Nothing ever waits for an answer.

**Forms of a report.** `-f table` (the default, also in a pipe), `json`, `jsonl`, `csv`, `md`. JSON is one object,
`{{"report", "schema_version", "as_of", "known_at": {{"seq", "at"}}, "rows"}}`; an open bound is `null`. In CSV, lists are
joined by `;`, statuses are written `activity=grounded:3..3`, and a text that begins with `=`, `+`, `-` or `@` gets an
apostrophe in front, so that no spreadsheet runs it. `-o FILE` replaces the file only when all of it is written.

**Exit codes.** 0 done · 1 something went wrong while running · 2 the words of the command are off · 3 not found, or
ambiguous · 4 refused by a rule · 5 what is stored is not what was recorded · 75 another writer held the database, try
again · 130 interrupted. An error is one line on standard error; `--debug` adds the traceback.

**Settings.** The first that says something wins: an option (`--db`, `--by`, `--stale-after`), the environment,
`{PROJECT_FILE}` in this folder or the nearest one above, `{USER_FILE}` in the user's configuration folder, the default.
`posture config show --origin` says what came from where. A relative database file in a settings file lies beside it.

| key | variable | what it is |
| --- | --- | --- |
{{settings}}

Colours are off with `--no-color`, with `NO_COLOR`, in a pipe, and on a dumb terminal; `COLUMNS` sets the width.

**Completion.** Commands, options, words, and the codes in the database complete in bash, zsh and fish:

```sh
eval "$(posture completion bash)"       # in ~/.bashrc
eval "$(posture completion zsh)"        # in ~/.zshrc, after compinit
posture completion fish > ~/.config/fish/completions/posture.fish
```
"""


def markdown() -> str:
    """Return the whole page."""
    settings = "\n".join(f"| `{setting.name}` | `{setting.variable}` | {setting.about} |" for setting in SETTINGS)
    parts = [_INTRODUCTION.replace("{settings}", settings), "## The program\n", _block(root_help(WIDTH))]
    for panel in (RECORDING, ASKING, CATALOGUE, DATABASE):
        parts.append(f"## {panel}\n")
        for member in ROOT.members:
            if panel_of(member) != panel:
                continue
            for path, found in [((), member)] if isinstance(member, Command) else [((), member), *walk(member)]:
                words = " ".join(("posture", member.name, *path))
                parts.append(f"### `{words}`\n")
                parts.append(
                    _block(
                        command_help(found, words, WIDTH, everywhere=False)
                        if isinstance(found, Command)
                        else group_help(found, words, WIDTH)
                    )
                )
    return "\n".join(parts)


def _block(text: str) -> str:
    return f"```text\n{text}```\n"


if __name__ == "__main__":
    write([markdown().rstrip("\n")], sys.argv[1] if len(sys.argv) > 1 else None)
