"""The command tree: whole, without clashes, and every command does something."""

from __future__ import annotations

import shlex
from importlib import import_module
from inspect import signature

import pytest

from posture.cli.commands import ROOT, panel_of, walk
from posture.cli.completion import candidates
from posture.cli.help_text import help_of, vocabulary_words
from posture.cli.parameters import EVERYWHERE_PARAMETERS
from posture.cli.tree import FLAG, MANY, Command, Group

COMMANDS = [(path, member) for path, member in walk() if isinstance(member, Command)]
IDS = [" ".join(path) for path, _ in COMMANDS]


def test_the_nouns_and_verbs_are_all_there() -> None:
    nouns = {"actor", "location", "asset-type", "source", "deployment", "asset", "platform", "event"}
    groups = {
        member.name: {inner.name for inner in member.members} for member in ROOT.members if isinstance(member, Group)
    }
    for noun in nouns:
        assert {"add", "list", "show", "edit", "remove", "alias"} <= groups[noun]
    assert groups["log"] == {"count", "increase", "decrease", "move", "status", "announcement"}
    assert groups["report"] >= {"posture", "plans", "diff", "series"}
    assert groups["db"] >= {"upgrade", "current", "verify", "backup", "restore", "stats", "doctor"}


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_every_command_leads_to_a_function(path: tuple[str, ...], command: Command) -> None:
    module, _, function = command.runs.partition(":")
    assert list(signature(getattr(import_module(f"posture.cli.{module}"), function)).parameters) == [
        "session",
        "given",
    ], path


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_no_option_clashes_with_another(path: tuple[str, ...], command: Command) -> None:
    parameters = [*command.parameters, *EVERYWHERE_PARAMETERS]
    flags = [flag for parameter in parameters for flag in (*parameter.flags, *filter(None, (parameter.negation,)))]
    assert len(flags) == len(set(flags)), path
    names = [parameter.name for parameter in parameters]
    assert len(names) == len(set(names)), path


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_every_option_says_what_it_is(path: tuple[str, ...], command: Command) -> None:
    for parameter in command.parameters:
        assert parameter.about.endswith("."), (path, parameter.name)
        vocabulary_words(parameter.completes)  # names a vocabulary that exists


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_examples_are_written_with_words_that_exist(path: tuple[str, ...], command: Command) -> None:
    for example in command.examples:
        words = shlex.split(example)
        assert tuple(words[: len(path)]) == path
        known = {
            flag: parameter for parameter in (*command.parameters, *EVERYWHERE_PARAMETERS) for flag in parameter.flags
        }
        rest, places = iter(words[len(path) :]), 0
        for word in rest:
            if word.startswith("-") and word != "-":
                assert word in known, (path, word)
                if known[word].shape != FLAG:
                    next(rest)
            else:
                places += 1
        arguments = [parameter for parameter in command.parameters if parameter.is_argument]
        most = places if any(parameter.shape == MANY for parameter in arguments) else len(arguments)
        assert sum(parameter.required for parameter in arguments) <= places <= most


@pytest.mark.parametrize("width", [40, 80, 100])
def test_help_fits_its_width(width: int) -> None:
    for path, _ in [((), ROOT), *walk()]:
        text = help_of(list(path), width)
        assert text
        for line in text.splitlines():
            fixed = (
                line.startswith(("Usage:", "  posture", "  -")) or "://" in line
            )  # what is to be typed is never broken
            assert len(line) <= width or fixed, line


def test_every_member_of_the_root_stands_under_a_heading() -> None:
    assert all(panel_of(member) for member in ROOT.members)
    help_text = help_of([], 80)
    assert all(f"  {member.name} " in help_text for member in ROOT.members)


def test_help_of_what_does_not_exist_is_nothing() -> None:
    assert help_of(["lgo"], 80) == ""
    assert help_of(["log", "count", "fra-ner"], 80) == ""


def test_completion_knows_the_tree_too() -> None:
    assert {word for word, _ in candidates([""])} == {member.name for member in ROOT.members}
