"""The command tree: every command of `posture`, what it takes, and where the function that does it lives."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.dump_commands import DUMP, LOAD
from posture.cli.edition_commands import EDITION
from posture.cli.export_commands import EXPORT
from posture.cli.feed_commands import FEED
from posture.cli.import_commands import IMPORT
from posture.cli.nouns import NOUNS, Field, Noun
from posture.cli.parameters import ASKING, CATALOGUE, DATABASE, RECORDING
from posture.cli.report_commands import REPORT
from posture.cli.sql_commands import READER_ROLE, SNAPSHOT, SQL
from posture.cli.tree import MANY, TEXT, Command, Group, Parameter, argument, flag, option


def _field_option(field: Field) -> Parameter:
    shape = MANY if field.reads == "many" else TEXT
    return option(
        field.spelling,
        field.metavar,
        field.about,
        name=field.column,
        shape=shape,
        completes=field.completes,
        panel=p.WHAT,
    )


def _source_add_extras() -> tuple[Parameter, ...]:
    return (
        option(
            "--file",
            "FILE",
            "The document: its text and its hash are stored; - reads standard input.",
            panel=p.WHAT,
            completes="file",
        ),
        option("--text", "TEXT", "The text itself, instead of a file.", panel=p.WHAT),
        option("--repeats", "CODE", "The source whose words it repeats.", panel=p.LINKS, completes="source"),
    )


def _adding(noun: Noun) -> Command:
    places: tuple[Parameter, ...]
    if noun.table == "source":
        places = (
            argument(
                "code",
                "Short code, such as rfi-2023-09-05; from the file's name, if not given.",
                metavar="[CODE]",
                required=False,
            ),
            argument(
                "path",
                "The document to store; - reads standard input.",
                metavar="[FILE]",
                required=False,
                completes="file",
            ),
        )
    elif noun.table == "asset":
        places = (argument("code", noun.code_about, metavar="DEPLOYMENT/CODE", completes="deployment/"),)
    else:
        places = (argument("code", noun.code_about, metavar="CODE", required=noun.table != "deployment"),)
    extras = _source_add_extras() if noun.table == "source" else ()
    creating = (p.CREATE,) if noun.table == "asset" else ()
    return Command(
        "add",
        f"Add {noun.article}.",
        "catalogue:add",
        (*places, *map(_field_option, noun.fields), *extras, *creating, p.WHY_IT_IS_WRITTEN, *p.WRITING_PARAMETERS),
        examples=noun.examples,
        settings={"noun": noun.table},
    )


def _existing(noun: Noun) -> Parameter:
    metavar = "DEPLOYMENT/CODE" if noun.table == "asset" else "CODE"
    kind = "line" if noun.table == "asset" else noun.table
    return argument(
        "code",
        f"Code or other name of the {noun.name.replace('-', ' ')}.",
        metavar=metavar,
        completes=kind,
    )


def _noun_group(noun: Noun) -> Group:
    said, told = noun.name.replace("-", " "), {"noun": noun.table}
    code = _existing(noun)
    members = [
        _adding(noun),
        Command(
            "list",
            f"List the {noun.plural}.",
            "catalogue:list_rows",
            (
                argument("match", "Only those with this text in their code or name.", metavar="[TEXT]", required=False),
                p.FORMAT,
                p.OUTPUT,
            ),
            settings=told,
        ),
        Command(
            "show",
            f"Show all that is recorded about one {said}.",
            "catalogue:show",
            (code, p.FORMAT, p.OUTPUT),
            settings=told,
        ),
        Command(
            "edit",
            f"Change one {said}.",
            "catalogue:edit",
            (
                code,
                option("--code", "CODE", "Its new code.", name="new_code", panel=p.WHAT),
                *map(_field_option, noun.fields),
                p.WHY_IT_IS_WRITTEN,
                *p.WRITING_PARAMETERS,
            ),
            more='An empty text ("") clears a field. The change is itself recorded, and can be undone.',
            settings=told,
        ),
        Command(
            "remove",
            f"Remove one {said} that nothing uses.",
            "catalogue:remove",
            (code, p.WHY_IT_IS_WRITTEN, *p.WRITING_PARAMETERS),
            more="What is in use is not removed; the answer says by what.",
            settings=told,
        ),
        Command(
            "alias",
            f"Give one {said} another name, by which it is found too.",
            "catalogue:alias",
            (
                code,
                argument("name", "The other name."),
                option("--language", "CODE", "The language of the name, such as fr.", panel=p.WHAT),
                *p.WRITING_PARAMETERS,
            ),
            settings=told,
        ),
    ]
    if noun.table == "source":
        members.append(
            Command(
                "repeats",
                "Say whose words a source repeats, or that they are its own.",
                "catalogue:repeats",
                (
                    code,
                    argument("origin", "The source that it repeats.", required=False, completes="source"),
                    flag("--own", "It is its own origin.", panel=p.LINKS),
                    p.WHY_IT_IS_WRITTEN,
                    *p.WRITING_PARAMETERS,
                ),
                more="Ten papers that quote one official are one origin. The newest word counts, and reports as known earlier keep the earlier one.",
                settings=told,
            )
        )
    return Group(noun.name, noun.about, tuple(members), panel=CATALOGUE)


STATED_TOGETHER = ("count", "increase", "decrease")
"""Kinds of claim of which one statement may make several."""
_TOGETHER = (
    "Several claims of one statement belong into one entry, with --also: changes that one report tells apart"
    ' ("50 and 47 left"), which would be read as one happening if they were logged one by one; and counts that are'
    " --complete only together."
)


def _claiming(
    kind: str, about: str, quantity: Parameter | None, *, more: str = "", examples: tuple[str, ...] = ()
) -> Command:
    status = (
        (argument("status", "The status: under_review, grounded, withdrawn...", completes="status"),)
        if kind == "status"
        else ()
    )
    quantities = (quantity,) if quantity else ()
    also = (p.ALSO,) if kind in STATED_TOGETHER else ()
    return Command(
        kind,
        about,
        "log:claim",
        (p.LINE, *status, *quantities, *also, *p.CLAIM_PARAMETERS, p.CREATE, *p.WRITING_PARAMETERS),
        more=f"{more}\n\n{_TOGETHER}".strip() if also else more,
        examples=examples,
        settings={"kind": kind},
    )


LOG = Group(
    "log",
    "Record what a source claims.",
    (
        _claiming(
            "count",
            "There are so many.",
            p.QUANTITY,
            examples=(
                'log count fra-ner/personnel "~1500" --on "before 2023-07-26" --source rfi-2023-09-05 --grade B2',
                "log count fra-niamey/personnel 1000 --also fra-ouallam/personnel=400 --complete --source voa-2023-10-19",
            ),
        ),
        _claiming(
            "increase",
            "So many more came.",
            p.QUANTITY,
            examples=("log increase fra-tcd/personnel 97 --on 2023-10-19 --source voa-2023-10-19",),
        ),
        _claiming(
            "decrease",
            "So many fewer are left.",
            p.QUANTITY,
            examples=(
                "log decrease fra-ner/drones most --planned --source france24-2023-09-06 --grade F3",
                "log decrease fra-ner/personnel 50 --also fra-ner/personnel=47 --on 2023-10-10 --source voa-2023-10-19",
            ),
        ),
        Command(
            "move",
            "So many went from one deployment to another.",
            "log:move",
            (
                argument("from_line", "Where they left.", metavar="FROM", completes="line"),
                argument("to_line", "Where they went.", metavar="TO", completes="line"),
                p.QUANTITY,
                *p.CLAIM_PARAMETERS,
                p.CREATE,
                *p.WRITING_PARAMETERS,
            ),
            more="A decrease and an increase of one entry, joined as a transfer.",
            examples=("log move fra-ner/personnel fra-tcd/personnel 400 --on 2023-10-19 --source voa-2023-10-19",),
        ),
        _claiming(
            "status",
            "It is in this state.",
            p.QUANTITY_IF_ANY,
            more="Each status belongs to one axis (phase, presence, activity, condition, lifecycle); one axis never overwrites another.",
            examples=("log status fra-ner/drones grounded 3 --source rfi-2023-09-05",),
        ),
        _claiming(
            "announcement",
            "Words only: nothing to count.",
            None,
            examples=(
                'log announcement fra-ner --planned --note "an autonomous force stays" --source france24-2023-09-06',
            ),
        ),
    ),
    panel=RECORDING,
)

CORRECT = Command(
    "correct",
    "Record a claim anew, corrected, and withdraw the old one.",
    "claims:correct",
    (
        p.CLAIM,
        option("--line", "DEPLOYMENT[/ASSET]", "What it is about.", panel=p.WHAT, completes="line"),
        option("--quantity", "QUANTITY", "How many, as the source puts it.", panel=p.WHAT),
        option("--status", "CODE", "The status.", panel=p.WHAT, completes="status"),
        *(parameter for parameter in p.CLAIM_PARAMETERS if parameter is not p.WHY_IT_CHANGED),
        p.ACTUAL,
        option("--why", "WORD", "Why the number changed.", name="reason", panel=p.WHAT, completes="vocabulary:Reason"),
        p.WHY_IT_IS_WRITTEN,
        p.CREATE,
        *p.WRITING_PARAMETERS,
    ),
    more='Only what is given changes; an empty text ("") clears. Reports as known earlier keep the old claim, and links follow to the new one.',
    examples=('correct 12 --quantity 105 --reason "misread the table"',),
)
RETRACT = Command(
    "retract",
    "Withdraw a claim, an entry, an event, or all that rests on a source.",
    "claims:retract",
    (
        argument("claim", "Number of the claim: 12, or c12.", metavar="[CLAIM]", required=False, completes="claim"),
        option("--entry", "SEQ", "All claims of this entry (#7).", panel=p.WHAT, completes="entry"),
        option(
            "--source",
            "CODE",
            "All claims whose origin is this source, its repeats included.",
            panel=p.WHAT,
            completes="source",
        ),
        option("--event", "CODE", "This event.", panel=p.WHAT, completes="event"),
        p.WHY_IT_IS_WRITTEN,
        *p.WRITING_PARAMETERS,
    ),
    examples=('retract 12 --reason "the paper withdrew it"', "retract --source france24-2023-09-06"),
)
UNDO = Command(
    "undo",
    "Undo an entry of the ledger, by a new entry.",
    "claims:undo",
    (
        argument("entry", "The entry: 7, or #7.", metavar="SEQ", completes="entry"),
        p.WHY_IT_IS_WRITTEN,
        *p.WRITING_PARAMETERS,
    ),
    examples=("undo 7",),
)
SHOW = Command(
    "show",
    "Show one thing: a claim, an entry, a line, or anything of the catalogue.",
    "claims:show",
    (
        argument(
            "thing",
            "12 or c12 (a claim), #12 (an entry), fra-ner/drones (a line), or a code.",
            metavar="THING",
            completes="anything",
        ),
        p.FORMAT,
        p.OUTPUT,
    ),
    examples=("show 12", "show '#7'", "show fra-ner/drones"),
)
HISTORY = Command(
    "history",
    "List the entries of the ledger, newest first.",
    "claims:history",
    (
        argument(
            "line",
            "Only what is about this deployment or line.",
            metavar="[DEPLOYMENT[/ASSET]]",
            required=False,
            completes="line",
        ),
        option("--source", "CODE", "Only what this source says.", panel=p.WHAT, completes="source"),
        option(
            "--action", "WORD", "Only entries of this kind: log, move, correct, retract, undo, add...", panel=p.WHAT
        ),
        option("--by", "NAME", "Only what this person recorded.", panel=p.WHAT),
        option("--since", "DATE", "Recorded on this day or later.", panel=p.WHEN),
        p.KNOWN_AT,
        option("-n --limit", "NUMBER", "At most so many entries; 20 by default, 0 for all.", panel=p.ANSWER),
        p.FORMAT,
        p.OUTPUT,
    ),
)

SEED = Command(
    "seed",
    "Load a scenario that travels with the program.",
    "seed:seed",
    (
        argument("name", "The scenario.", metavar="[NAME]", required=False, completes="scenario"),
        flag("--list", "List the scenarios.", name="list_them"),
        p.QUIET,
    ),
    more="Seeding twice changes nothing. Into an empty database a scenario is replayed at the times of its reports; into a used one it is recorded now.",
    examples=("seed niger-2023",),
)

DB = Group(
    "db",
    "Make, check, back up and describe the database.",
    (
        Command(
            "upgrade",
            "Make the database, or bring its schema up to date.",
            "database:upgrade",
            (argument("revision", "Schema to go to; the newest by default.", metavar="[REVISION]", required=False),),
        ),
        Command(
            "downgrade",
            "Take the schema back; refused while that would lose what is recorded.",
            "database:downgrade",
            (argument("revision", "Schema to go back to, such as base."),),
        ),
        Command("current", "Print the schema of the database and the newest one.", "database:current"),
        Command(
            "verify",
            "Recompute every hash and every derived table; exit 5 if one is off.",
            "database:verify",
            (
                flag(
                    "--mend",
                    "First compute anew what is derived, the search as well; what was recorded is not touched.",
                ),
                option(
                    "--expect",
                    "SEQ:HASH",
                    "A head that an earlier run printed and you kept elsewhere: exit 5 if that entry is gone or another.",
                    panel=p.WHAT,
                ),
                p.AS_JSON.under(p.ANSWER),
            ),
        ),
        Command(
            "refresh",
            "Compute the current posture and plans anew, as of today, for SQL.",
            "database:refresh",
            more="Every write keeps the lines that it touches; the rest keep the day of their last write in as_of."
            " Run it once a day where SQL readers ask.",
        ),
        Command(
            "backup",
            "Write a complete copy, safely, while others write.",
            "database:backup",
            (
                argument("file", "The copy to write.", metavar="FILE", completes="file"),
                flag("--force", "Even over a file that is there."),
            ),
        ),
        Command(
            "restore",
            "Make this database from a backup.",
            "database:restore",
            (
                argument("file", "The backup to read.", metavar="FILE", completes="file"),
                flag("--force", "Even over a database that holds something."),
            ),
        ),
        SNAPSHOT,
        READER_ROLE,
        Command("stats", "Count what the database holds.", "database:stats", (p.FORMAT, p.OUTPUT)),
        Command(
            "doctor", "Check the installation, the settings and the database, and say how to mend.", "database:doctor"
        ),
    ),
    panel=DATABASE,
)

CONFIG = Group(
    "config",
    "Show the settings.",
    (
        Command(
            "show",
            "Print every setting.",
            "config:show",
            (flag("--origin", "Say where each value comes from.", panel=p.ANSWER), p.AS_JSON.under(p.ANSWER)),
        ),
    ),
    panel=DATABASE,
)

COMPLETION = Command(
    "completion",
    "Print the completion script of a shell.",
    "shells:completion",
    (argument("shell", "bash, zsh or fish.", metavar="SHELL", completes="=bash zsh fish"),),
    more="The script completes commands, options, and the codes in your database.",
    examples=("completion bash",),
)

ROOT = Group(
    "posture",
    "A ledger of sourced, graded, dated claims about which forces are where, how many, and in what state.",
    (
        LOG,
        CORRECT,
        RETRACT,
        UNDO,
        IMPORT,
        REPORT,
        SQL,
        SHOW,
        HISTORY,
        EXPORT,
        *map(_noun_group, NOUNS),
        EDITION,
        SEED,
        DUMP,
        LOAD,
        FEED,
        DB,
        CONFIG,
        COMPLETION,
    ),
)
"""The whole tree."""

_COMMAND_PANELS = {
    CORRECT.name: RECORDING,
    RETRACT.name: RECORDING,
    UNDO.name: RECORDING,
    IMPORT.name: RECORDING,
    SQL.name: ASKING,
    SHOW.name: ASKING,
    HISTORY.name: ASKING,
    SEED.name: DATABASE,
    DUMP.name: DATABASE,
    LOAD.name: DATABASE,
    COMPLETION.name: DATABASE,
}


def panel_of(member: Command | Group) -> str:
    """Return the heading of `posture --help` under which a member of the root stands."""
    return member.panel if isinstance(member, Group) else _COMMAND_PANELS[member.name]


def walk(group: Group = ROOT, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Command | Group]]:
    """Return every group and command below `group` with the words that lead to it, in the order of the help."""
    found: list[tuple[tuple[str, ...], Command | Group]] = []
    for member in group.members:
        here = (*path, member.name)
        found.append((here, member))
        if isinstance(member, Group):
            found.extend(walk(member, here))
    return found
