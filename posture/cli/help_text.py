"""The help of the program and of each command, written from the command tree without the parser."""

from __future__ import annotations

from posture.cli.commands import ROOT, panel_of
from posture.cli.parameters import ASKING, CATALOGUE, DATABASE, EVERYWHERE, EVERYWHERE_PARAMETERS, RECORDING, WRITING
from posture.cli.tree import MANY, Command, Group, Parameter

GETTING_STARTED = (
    "posture db upgrade",
    "posture seed niger-2023-ledger",
    "posture report posture --location ner --as-of 2023-10-15",
)
"""What a newcomer types first: make the database, load a worked example, see who is where."""

NARROW = 60
"""Columns below which a meaning stands under its term, not beside it."""
_HELP_OPTION = ("-h, --help", "Print this.")


def help_of(words: list[str], width: int) -> str:
    """Return the help of what `words` lead to, or nothing where they lead nowhere."""
    place: Group | Command = ROOT
    for word in words:
        found = place.find(word) if isinstance(place, Group) else None
        if found is None:
            return ""
        place = found
    if place is ROOT:
        return root_help(width)
    path = " ".join(["posture", *words])
    return group_help(place, path, width) if isinstance(place, Group) else command_help(place, path, width)


def root_help(width: int) -> str:
    """Return what `posture --help` prints."""
    lines = ["Usage: posture COMMAND [ARGUMENTS] [OPTIONS]", "", *wrap(ROOT.about, width), ""]
    for panel in (RECORDING, ASKING, CATALOGUE, DATABASE):
        members = [(member.name, member.about) for member in ROOT.members if panel_of(member) == panel]
        lines += [f"{panel}:", *definitions(members, width, first=12), ""]
    options = [_entry(parameter) for parameter in EVERYWHERE_PARAMETERS] + [
        ("--version", "Print the version."),
        ("-h, --help", "Print this, or the help of a command."),
    ]
    lines += ["Options, before the command or after it:", *definitions(options, width, first=12), ""]
    lines += ["Begin with:", *(f"  {command}" for command in GETTING_STARTED)]
    return "\n".join(lines) + "\n"


def group_help(group: Group, path: str, width: int) -> str:
    """Return the help of a group of commands."""
    lines = [f"Usage: {path} COMMAND [ARGUMENTS] [OPTIONS]", "", *wrap(group.about, width), "", "Commands:"]
    lines += definitions([(member.name, member.about) for member in group.members], width, first=12)
    return "\n".join(lines) + "\n"


def command_help(command: Command, path: str, width: int, *, everywhere: bool = True) -> str:
    """Return the help of one command, with or without the options that every command has."""
    arguments = [parameter for parameter in command.parameters if parameter.is_argument]
    options = [parameter for parameter in command.parameters if not parameter.is_argument]
    usage = " ".join(["Usage:", path, *map(_placeholder, arguments), "[OPTIONS]"])
    lines = [usage, "", *wrap(command.about, width)]
    for paragraph in filter(None, command.more.split("\n\n")):
        lines += ["", *wrap(paragraph, width)]
    panels = {"Arguments": [_entry(parameter) for parameter in arguments]} if arguments else {}
    for parameter in (*options, *(EVERYWHERE_PARAMETERS if everywhere else ())):
        panels.setdefault(parameter.panel, []).append(_entry(parameter))
    if everywhere:
        panels[EVERYWHERE].append(_HELP_OPTION)
    for panel in sorted(panels, key=lambda name: (name == EVERYWHERE, name == WRITING)):
        lines += ["", f"{panel}:", *definitions(panels[panel], width, first=22)]
    if command.examples:
        lines += ["", "For instance:", *(f"  posture {example}" for example in command.examples)]
    return "\n".join(lines) + "\n"


def _placeholder(parameter: Parameter) -> str:
    shown = parameter.metavar
    return shown if parameter.required or shown.startswith("[") else f"[{shown}]"


def _entry(parameter: Parameter) -> tuple[str, str]:
    """Return how a parameter is spelled and what it means, with the words that it takes."""
    about = parameter.about
    words = vocabulary_words(parameter.completes)
    if words:
        about = f"{about.rstrip('.')}: {', '.join(words)}."
    if parameter.shape == MANY:
        about += " May be given several times."
    if parameter.is_argument:
        return parameter.metavar.strip("[]") if parameter.metavar.startswith("[") else parameter.metavar, about
    spelled = ", ".join(parameter.flags) + (f" / {parameter.negation}" if parameter.negation else "")
    return f"{spelled} {parameter.metavar}".rstrip(), about


def vocabulary_words(completes: str) -> list[str]:
    """Return the words of the vocabulary that a parameter takes, where it takes one."""
    if not completes.startswith("vocabulary:"):
        return []
    from posture.domain import vocabulary

    return [str(word.value) for word in getattr(vocabulary, completes.removeprefix("vocabulary:"))]


def definitions(rows: list[tuple[str, str]], width: int, *, first: int) -> list[str]:
    """Return two columns as lines: terms of up to `first` columns, and what they mean, wrapped."""
    lines: list[str] = []
    for term, meaning in rows:
        if width < NARROW:
            lines += [f"  {term}", *(" " * 6 + line for line in wrap(meaning, width - 6))]
            continue
        wrapped = wrap(meaning, max(width - first - 4, 20))
        head = f"  {term:<{first}}  "
        if len(term) > first:
            lines.append(f"  {term}")
            head = " " * (first + 4)
        lines.append((head + wrapped[0]).rstrip())
        lines += [" " * (first + 4) + more for more in wrapped[1:]]
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Return `text` as lines of at most `width` characters, broken at spaces."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return lines
