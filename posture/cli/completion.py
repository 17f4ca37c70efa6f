"""What could come next on a command line: commands, options, words, and the codes in the database.

Answered without the parser, and without the database library of any engine but SQLite's own; silent on any error, for a
shell that is completing has nowhere to show one.
"""

from __future__ import annotations

from posture.cli.commands import ROOT
from posture.cli.parameters import EVERYWHERE_PARAMETERS
from posture.cli.tree import FLAG, MANY, Command, Group, Parameter

FILES = "<files>"
"""Tells the shell to complete file names itself."""
MOST = 300

_HELP = Parameter("help", ("--help",), "Print the help.", shape=FLAG)

Candidate = tuple[str, str]
"""What to insert, and what it is."""


def answer(shell: str, words: list[str]) -> str:
    """Return the lines that a shell's completion script reads; `words` end with the one being typed."""
    try:
        return _lines(shell, candidates(words or [""]))
    except Exception:  # noqa: BLE001 - see above
        return ""


def candidates(words: list[str]) -> list[Candidate]:
    """Return what could stand in the place of the last word."""
    *before, typed = words
    place, options, filled, waiting, only_arguments, said = _read(before)
    if waiting is not None:
        return _values(waiting.completes, typed, said)
    if typed.startswith("-") and not only_arguments:
        spelled, equals, value = typed.partition("=")
        if equals:
            parameter = options.get(spelled)
            return (
                [(f"{spelled}={found}", about) for found, about in _values(parameter.completes, value, said)]
                if parameter
                else []
            )
        return [
            (flag, parameter.about)
            for flag, parameter in options.items()
            if flag.startswith(typed) and (len(flag) > 2 or flag == typed)
        ]
    if isinstance(place, Group):
        return [(member.name, member.about) for member in place.members if member.name.startswith(typed)]
    arguments = [parameter for parameter in place.parameters if parameter.is_argument]
    if arguments and arguments[-1].shape == MANY:
        filled = min(filled, len(arguments) - 1)
    return _values(arguments[filled].completes, typed, said) if filled < len(arguments) else []


def _read(
    words: list[str],
) -> tuple[Group | Command, dict[str, Parameter], int, Parameter | None, bool, dict[str, str]]:
    """Follow the words before the one being typed.

    Returns where they lead, the options there, how many arguments are filled, the option that waits for its value,
    whether `--` was said, and the values of the options.
    """
    place: Group | Command = ROOT
    options = _options(place)
    filled, waiting, only_arguments = 0, None, False
    said: dict[str, str] = {}
    for word in words:
        if waiting is not None:
            said[waiting.name] = word
            waiting = None
        elif word == "--" and not only_arguments:
            only_arguments = True
        elif word.startswith("-") and not only_arguments:
            spelled, equals, value = word.partition("=")
            parameter = options.get(spelled)
            if parameter is not None and parameter.shape != FLAG:
                if equals:
                    said[parameter.name] = value
                else:
                    waiting = parameter
        elif isinstance(place, Group):
            found = place.find(word)
            if found is None:
                return Group("", "", ()), {}, 0, None, False, said
            place, options = found, _options(found)
        else:
            filled += 1
    return place, options, filled, waiting, only_arguments, said


def _options(place: Group | Command) -> dict[str, Parameter]:
    own = (
        [parameter for parameter in place.parameters if not parameter.is_argument] if isinstance(place, Command) else []
    )
    options = {flag: parameter for parameter in (*own, *EVERYWHERE_PARAMETERS, _HELP) for flag in parameter.flags}
    return options | {parameter.negation: parameter for parameter in own if parameter.negation}


def _values(kind: str, typed: str, said: dict[str, str]) -> list[Candidate]:
    """Return the values of one kind that begin with what was typed; `said` are the options before it."""
    if kind == "file":
        return [(FILES, "")]
    if kind.startswith("="):
        return [(word, "") for word in kind[1:].split() if word.lower().startswith(typed.lower())]
    if kind == "grade":
        grades = [reliability + credibility for reliability in "ABCDEF" for credibility in "123456"]
        return [(grade, "") for grade in grades if grade.startswith(typed.upper())]
    if kind.startswith("vocabulary:"):
        from posture.cli.help_text import vocabulary_words

        return [(word, "") for word in vocabulary_words(kind) if word.startswith(typed.lower())]
    if kind == "job":
        from posture.exports.finding import find_file, jobs_in

        found = jobs_in(find_file(said.get("file"), "."))
        return [(name, about) for name, about in found if name.startswith(typed)]
    if not kind:
        return []
    from posture.cli.codes import codes_beginning

    return codes_beginning(kind, typed.lower(), said.get("db", ""))


def _lines(shell: str, found: list[Candidate]) -> str:
    """Return candidates as a shell reads them; what a terminal could take for a command is left out."""
    lines = []
    for value, about in found:
        if not (value + about).isprintable():
            continue
        if shell == "zsh":
            described = value.replace("\\", "\\\\").replace(":", "\\:") + (f":{about}" if about else "")
            lines.append(value if value == FILES else described)
        elif shell == "fish":
            lines.append(f"{value}\t{about}" if about else value)
        else:
            lines.append(value)
    return "".join(line + "\n" for line in lines)
