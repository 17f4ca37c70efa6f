"""Typer commands made from the command tree, whose parameters stay the text that was typed.

Typer 0.29 checks every value with a pydantic adapter of the parameter's type, made when the first value arrives, which
imports pydantic (about 85 ms). Ours are all text, flags and lists of text, which need no checking: the domain reads the
words and says in its own terms what is wrong with them. So each parameter gets the pass-through below in the adapter's
place. Should Typer do away with that place, its own adapters are used again: slower, and with the same answers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from posture.cli import help_text
from posture.cli.parameters import EVERYWHERE_PARAMETERS
from posture.cli.screen import terminal_width
from posture.cli.tree import FLAG, MANY, Command, Group, Parameter
from posture.errors import UsageMistake

Perform = Callable[[Command, Mapping[str, Any]], None]
"""What runs a command with what was typed."""


class AsTyped:
    """Stands where Typer keeps a parameter's adapter: hands every value on as it was typed."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002 - Typer's signature
        """Return `value`; an empty tuple for a list that was not given, as Typer's own adapters do."""
        return () if value is None and (param.multiple or param.nargs == -1) else value


_AS_TYPED = AsTyped()
_CONTEXT = {"help_option_names": ["--help", "-h"]}


def keep_as_typed(parameters: list[Any]) -> None:
    """Put the pass-through on parameters, where they have the place for it."""
    for parameter in parameters:
        if hasattr(parameter, "_runtime_param"):
            parameter._runtime_param = _AS_TYPED  # noqa: SLF001 - see the head of this module


def refuse_repeated(parser: Any) -> Any:
    """Return the parser, which now refuses an option that takes one value and is given two: neither is the answer."""
    parse = parser.parse_args

    def parse_args(args: list[str]) -> tuple[Any, list[str], list[Any]]:
        values, rest, order = parse(args=args)
        seen = set()
        for parameter in order:
            if parameter.name in seen and not (parameter.multiple or parameter.is_flag):
                raise UsageMistake(f"{parameter.opts[-1]} is given twice; it takes one value")
            if parameter.param_type_name == "option":
                seen.add(parameter.name)
        return values, rest, order

    parser.parse_args = parse_args
    return parser


class TextCommand(TyperCommand):
    """A Typer command whose values stay text and whose help is our own."""

    declared: Command

    def make_parser(self, ctx: Any) -> Any:
        """Return the parser, which takes no option twice that takes one value."""
        return refuse_repeated(super().make_parser(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, Typer's own `--help` among them, as the parser uses them."""
        parameters = super().get_params(ctx)
        keep_as_typed(parameters)
        return parameters

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the same help as the front door does."""
        formatter.write(help_text.command_help(self.declared, ctx.command_path, min(terminal_width(), 100)))


class TextGroup(TyperGroup):
    """A Typer group whose members are made only when they are asked for."""

    declared: Group

    def make_parser(self, ctx: Any) -> Any:
        """Return the parser, which takes no option twice that takes one value."""
        return refuse_repeated(super().make_parser(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, Typer's own `--help` among them, as the parser uses them."""
        parameters = super().get_params(ctx)
        keep_as_typed(parameters)
        return parameters

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the same help as the front door does."""
        words = ctx.command_path.split()[1:]
        formatter.write(help_text.help_of(words, min(terminal_width(), 100)))


class Members(MutableMapping[str, Any]):
    """The members of a group, each made into a Typer command or group at its first use."""

    def __init__(self, group: Group, perform: Perform) -> None:
        self._declared = {member.name: member for member in group.members}
        self._made: dict[str, Any] = {}
        self._perform = perform

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            member = self._declared[name]
            perform = self._perform
            self._made[name] = (
                make_group(member, perform) if isinstance(member, Group) else make_command(member, perform)
            )
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


def make_group(group: Group, perform: Perform, *, at_root: Callable[..., None] | None = None) -> Any:
    """Return the Typer group of a declared one; `at_root` gets the options that stand before the command."""
    app = typer.Typer(
        name=group.name,
        cls=TextGroup,
        help=group.about,
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings=_CONTEXT,
    )
    if at_root is not None:
        app.callback()(_signed(at_root, EVERYWHERE_PARAMETERS))
    made = cast("TextGroup", get_group(app))  # Typer makes the class that it is given
    made.declared = group
    made.commands = Members(group, perform)
    return made


def make_command(command: Command, perform: Perform) -> Any:
    """Return the Typer command of a declared one."""

    def run(**given: Any) -> None:
        perform(command, given)

    app = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_CONTEXT)
    app.command(command.name, cls=TextCommand, help=command.about)(
        _signed(run, (*command.parameters, *EVERYWHERE_PARAMETERS))
    )
    made = cast("TextCommand", get_command(app))
    made.declared = command
    return made


def _signed(function: Callable[..., None], parameters: tuple[Parameter, ...]) -> Callable[..., None]:
    """Return `function` with the signature from which Typer reads the parameters."""
    signature = inspect.Signature(
        [
            inspect.Parameter(
                parameter.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_default(parameter),
                annotation=_annotation(parameter),
            )
            for parameter in parameters
        ]
    )
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _default(parameter: Parameter) -> Any:
    return inspect.Parameter.empty if parameter.required else None


def _annotation(parameter: Parameter) -> Any:
    about = parameter.about
    if parameter.is_argument:
        kind: Any = list[str] if parameter.shape == MANY else str
        return Annotated[
            kind if parameter.required else kind | None,
            typer.Argument(metavar=parameter.metavar.strip("[]"), help=about),
        ]
    if parameter.shape == FLAG:
        spelled = [
            *parameter.flags[:-1],
            parameter.flags[-1] + (f"/{parameter.negation}" if parameter.negation else ""),
        ]
        return Annotated[bool | None, typer.Option(*spelled, help=about)]
    kind = list[str] if parameter.shape == MANY else str
    return Annotated[kind | None, typer.Option(*parameter.flags, metavar=parameter.metavar, help=about)]
