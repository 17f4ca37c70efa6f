"""What a command is made of: plain declarations, cheap to import, from which everything else follows.

The parser (Typer), the front door's help, shell completion and the reference in `docs/cli.md` are all made from these
three classes, so a command is declared once. They are ordinary classes with slots: `dataclasses` alone would cost a
quarter of the time that `posture --help` may take (see `docs/decisions/0002-command-line.md`).
"""

from __future__ import annotations

TEXT, FLAG, MANY = "text", "flag", "many"


class Parameter:
    """An argument or an option of a command: text, a flag, or a list of texts; the domain reads the words."""

    __slots__ = ("about", "completes", "flags", "metavar", "name", "negation", "panel", "required", "shape")

    def __init__(
        self,
        name: str,
        flags: tuple[str, ...],
        about: str,
        *,
        metavar: str = "TEXT",
        shape: str = TEXT,
        completes: str = "",
        required: bool = False,
        panel: str = "Options",
        negation: str = "",
    ) -> None:
        self.name = name
        """The name under which the command gets the value."""
        self.flags = flags
        """Spellings on the command line, such as `--as-of`; none for an argument."""
        self.about = about
        """One sentence for the help."""
        self.metavar = metavar
        """What stands for the value in the help."""
        self.shape = shape
        """`text`, `flag` or `many`."""
        self.completes = completes
        """What a shell offers for the value: a kind of code, `file`, or words separated by spaces after `=`."""
        self.required = required
        self.panel = panel
        """Heading of the help under which an option stands."""
        self.negation = negation
        """Spelling that turns a flag off, where there is one."""

    @property
    def is_argument(self) -> bool:
        """Whether the value is given by its place and not by a flag."""
        return not self.flags

    def under(self, panel: str) -> Parameter:
        """Return the same parameter under another heading of the help."""
        copy = Parameter.__new__(Parameter)
        for slot in Parameter.__slots__:
            setattr(copy, slot, getattr(self, slot))
        copy.panel = panel
        return copy


def argument(
    name: str, about: str, *, metavar: str = "", shape: str = TEXT, completes: str = "", required: bool = True
) -> Parameter:
    """Return an argument, required unless said otherwise."""
    shown = metavar or name.upper().replace("_", "-")
    return Parameter(
        name, (), about, metavar=shown, shape=shape, completes=completes, required=required, panel="Arguments"
    )


def option(
    spelling: str,
    metavar: str,
    about: str,
    *,
    name: str = "",
    shape: str = TEXT,
    completes: str = "",
    panel: str = "Options",
) -> Parameter:
    """Return an option that takes a value; `spelling` may hold a short form too, as in `-o --output`."""
    flags = tuple(spelling.split())
    return Parameter(
        name or _name_of(flags), flags, about, metavar=metavar, shape=shape, completes=completes, panel=panel
    )


def flag(spelling: str, about: str, *, name: str = "", panel: str = "Options", negation: str = "") -> Parameter:
    """Return an option that takes no value; with a `negation`, one that can be said either way or not at all."""
    flags = tuple(spelling.split())
    return Parameter(name or _name_of(flags), flags, about, metavar="", shape=FLAG, panel=panel, negation=negation)


def _name_of(flags: tuple[str, ...]) -> str:
    return flags[-1].lstrip("-").replace("-", "_")


class Command:
    """One command: its name, its help, its parameters, and where the function that does it lives."""

    __slots__ = ("about", "examples", "more", "name", "parameters", "runs", "settings")

    def __init__(
        self,
        name: str,
        about: str,
        runs: str,
        parameters: tuple[Parameter, ...] = (),
        *,
        more: str = "",
        examples: tuple[str, ...] = (),
        settings: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.about = about
        """The first line of the help, also shown in lists of commands."""
        self.runs = runs
        """`module:function` inside `posture.cli`, imported only when the command runs."""
        self.parameters = parameters
        self.more = more
        """Further paragraphs of the help."""
        self.examples = examples
        """Command lines that work as they stand, without the leading `posture`."""
        self.settings = settings or {}
        """Fixed facts that the function gets beside what was typed, such as the noun."""


class Group:
    """A noun, or a family of commands: what stands between `posture` and the verb."""

    __slots__ = ("about", "members", "name", "panel")

    def __init__(self, name: str, about: str, members: tuple[Command | Group, ...], *, panel: str = "") -> None:
        self.name = name
        self.about = about
        self.members = members
        self.panel = panel

    def find(self, name: str) -> Command | Group | None:
        """Return the member of that name, or None."""
        for member in self.members:
            if member.name == name:
                return member
        return None
