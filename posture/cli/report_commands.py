"""`posture report NAME`: every report with its filters, both clocks, and the forms of its answer."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.parameters import ASKING
from posture.cli.tree import MANY, Command, Group, argument, flag, option

QUESTION = (p.AS_OF, p.KNOWN_AT, p.EDITION, p.ACTOR, p.LOCATION, p.ASSET_TYPE, p.DEPLOYMENT)
"""What every report can be asked about."""
ANSWER = (p.FORMAT, p.CITE, p.RAW, p.OUTPUT, p.SQL)
"""How every report can be answered."""
BETWEEN = (
    option("--from-date", "DATE", "Compare with the world on this day.", panel=p.WHEN),
    option("--to-date", "DATE", "The later day; that of --as-of by default.", panel=p.WHEN),
    option("--from-known", "WHEN", "Compare with what was known then: #12, a date or an instant.", panel=p.WHEN),
    option("--to-known", "WHEN", "The later moment; that of --known-at by default.", panel=p.WHEN),
)
"""The two points that are compared."""
FIRST_EDITION = option(
    "--edition",
    "NAME",
    "Compare from this edition, with all its clocks, to the EDITION that follows, or to now.",
    panel=p.WHEN,
    completes="edition",
)
PERIOD_FROM = option("--from", "DATE", "The first day.", name="since", panel=p.WHEN)
PERIOD_TO = option("--to", "DATE", "The last day; that of --as-of by default.", name="until", panel=p.WHEN)

REPORT = Group(
    "report",
    "Compute the posture, or the plans, as of a day and as known at a moment.",
    (
        Command(
            "posture",
            "Which forces are where, how many, in what state, and who says so.",
            "reports.posture:run",
            (
                *QUESTION,
                p.BASIS,
                p.MIN_GRADE,
                flag("--projected", "As if every open plan had been carried out.", panel=p.WHAT),
                flag(
                    "--totals",
                    "Add totals, never adding up what overlaps: rows without a deployment, flagged total in json, jsonl and csv.",
                    panel=p.WHAT,
                ),
                option(
                    "--stale-after", "DAYS", "Flag figures whose newest claim is older; 90 by default.", panel=p.WHEN
                ),
                *ANSWER,
            ),
            examples=(
                "report posture --location ner --as-of 2023-10-15",
                "report posture --location ner --as-of 2023-10-15 --known-at 2023-09-30 -f csv",
            ),
        ),
        Command(
            "totals",
            "Strength by actor, location or asset type, or two of them crossed; what overlaps is counted once.",
            "reports.totals:run",
            (
                p.AS_OF,
                p.KNOWN_AT,
                p.EDITION,
                p.ACTOR,
                p.LOCATION,
                p.ASSET_TYPE,
                p.BASIS,
                option(
                    "--by",
                    "WORD",
                    "actor, location or asset-type; two of them, as location,asset-type, are crossed. By actor if not given.",
                    shape=MANY,
                    panel=p.WHAT,
                    completes="=actor location asset-type",
                ),
                option(
                    "--depth", "LEVELS", "Show so many levels of each tree, from the top; all by default.", panel=p.WHAT
                ),
                flag("--projected", "As if every open plan had been carried out.", panel=p.WHAT),
                *ANSWER,
            ),
            examples=(
                "report totals --by location --actor fra --as-of 2023-10-15",
                "report totals --by location,asset-type --as-of 2023-10-15",
            ),
        ),
        Command(
            "stale",
            "Lines by the age of their newest evidence, against a limit for their asset type or actor.",
            "reports.stale:run",
            (
                *QUESTION,
                p.BASIS,
                option(
                    "--limit",
                    "DAYS",
                    "One limit for every line, in place of [stale] and stale_after in the settings.",
                    panel=p.WHEN,
                ),
                flag("--over", "Only lines that are over their limit.", panel=p.WHAT),
                *ANSWER,
            ),
            examples=(
                "report stale --location ner --as-of 2023-12-15",
                "report stale --actor fra --as-of 2023-12-15 --limit 30 --over",
            ),
        ),
        Command(
            "sources",
            "What each source, origin or publisher said, and how it turned out: confirmed, contradicted, retracted.",
            "reports.sources:run",
            (
                *QUESTION,
                p.BASIS,
                option(
                    "--by",
                    "WORD",
                    "source, origin (what repeats it counted in) or publisher. By source if not given.",
                    panel=p.WHAT,
                    completes="=source origin publisher",
                ),
                *ANSWER,
            ),
            examples=(
                "report sources --location ner --as-of 2023-12-23",
                "report sources --by origin --actor fra --as-of 2023-12-23",
            ),
        ),
        Command(
            "plans",
            "What was planned, demanded, talked about, and what became of it.",
            "reports.plans:run",
            (*QUESTION, *ANSWER),
            examples=("report plans --actor fra",),
        ),
        Command(
            "timeline",
            "The story of a deployment or a line: counts, flows, states, plans and events in one line of time.",
            "reports.timeline:run",
            (
                argument(
                    "line",
                    "A deployment (fra-ner) or a line of it (fra-ner/drones); all that the filters name, if not given.",
                    metavar="DEPLOYMENT[/ASSET]",
                    completes="line",
                    required=False,
                ),
                *QUESTION,
                p.BASIS,
                option("--since", "DATE", "Leave out what was before this day.", panel=p.WHEN),
                option("--until", "DATE", "Leave out what was after this day.", panel=p.WHEN),
                flag("--retracted", "Show what was retracted too, struck out.", panel=p.WHAT),
                *ANSWER,
            ),
            examples=(
                "report timeline fra-ner/personnel --until 2023-10-31",
                "report timeline --location ner --since 2023-09-01 --until 2023-09-30",
            ),
        ),
        Command(
            "evidence",
            "Why a figure is what it is: every claim that decided it, confirmed it, was set aside or was retracted.",
            "reports.evidence:run",
            (
                p.LINE,
                p.AS_OF,
                p.KNOWN_AT,
                p.EDITION,
                p.BASIS,
                flag("--all", "Every older claim too, not just the newest.", panel=p.WHAT),
                *ANSWER,
            ),
            examples=("report evidence fra-ner/personnel --as-of 2023-10-15",),
        ),
        Command(
            "series",
            "A figure by day, week, month, quarter or year, with its course as a sparkline.",
            "reports.series:run",
            (
                *QUESTION,
                PERIOD_FROM,
                PERIOD_TO,
                option(
                    "--by",
                    "PERIOD",
                    "day, week, month, quarter or year; month by default. Each is read as of its last day.",
                    name="by_period",
                    panel=p.WHEN,
                    completes="=day week month quarter year",
                ),
                flag("--as-then-known", "Each day as known at its own end, not as known since.", panel=p.WHEN),
                p.BASIS,
                flag("--total", "The total of what is asked about, never adding up what overlaps.", panel=p.WHAT),
                *ANSWER,
            ),
            examples=(
                "report series --deployment fra-ner --asset-type personnel --by week --from 2023-09-01 --to 2023-12-31",
                "report series --location ner --asset-type personnel --total --from 2023-07-01 --to 2023-12-31",
            ),
        ),
        Command(
            "conflicts",
            "Claims that cannot both be true, side by side, and how far they are apart.",
            "reports.conflicts:run",
            (*QUESTION, p.BASIS, *ANSWER),
            examples=("report conflicts --location ner --as-of 2023-09-15",),
        ),
        Command(
            "movements",
            "What moved from where to where in a period, and what the counts before and after leave unexplained.",
            "reports.movements:run",
            (*QUESTION, PERIOD_FROM, PERIOD_TO, p.BASIS, *ANSWER),
            examples=("report movements --location ner --from 2023-10-01 --to 2023-12-31",),
        ),
        Command(
            "diff",
            "What changed between two points of time: in the world, or in what was known and by whose word.",
            "reports.diff:run",
            (
                argument(
                    "until_edition",
                    "The later of two editions, after --edition and the earlier one.",
                    metavar="[EDITION]",
                    required=False,
                    completes="edition",
                ),
                *(FIRST_EDITION if each is p.EDITION else each for each in QUESTION),
                *BETWEEN,
                p.BASIS,
                flag("--all", "Show the lines that did not change too.", panel=p.WHAT),
                flag("--exit-code", "Exit with 1 if anything changed, and with 0 if not.", panel=p.ANSWER),
                *ANSWER,
            ),
            examples=(
                "report diff --location ner --from-date 2023-10-05 --to-date 2023-12-23",
                "report diff --location ner --as-of 2023-10-15 --from-known 2023-10-11",
            ),
            more="Between two editions (--edition A B), or since one (--edition A; @last is the last that was made), each change"
            " is marked: new (the world moved, or there is new evidence),"
            " corrected (what A said of its day is no longer held) or redefined (the catalogue has changed what it is of).",
        ),
        Command(
            "search",
            "Find words in sources, excerpts, events and notes; the best first, with the passage.",
            "reports.search:run",
            (
                argument("words", 'Words that must all occur, "a phrase", beginnings*, OR, -without.', shape=MANY),
                p.KNOWN_AT,
                p.EDITION,
                p.ACTOR,
                p.LOCATION,
                p.ASSET_TYPE,
                p.DEPLOYMENT,
                option(
                    "--kind",
                    "WORD",
                    "Only passages of this kind; may be repeated.",
                    shape=MANY,
                    panel=p.WHAT,
                    completes="=source claim event actor location asset-type deployment platform asset",
                ),
                flag("--retracted", "Retracted claims too, marked as such.", panel=p.WHAT),
                option("--limit", "N", "At most so many; 20 by default, 0 for all.", panel=p.ANSWER),
                *ANSWER,
            ),
            more="Put the search in quotes when it holds a phrase or an exclusion: posture report search 'drones -\"Mirage 2000\"'. Case, accents and punctuation make no difference.",
            examples=("report search Niamey drones", "report search 'withdr* OR retrait' --location ner"),
        ),
        Command(
            "brief",
            "One page of Markdown: what is there, what changed, what is planned, what is disputed, and who says so.",
            "reports.brief:run",
            (
                *QUESTION,
                p.BASIS,
                option("--days", "N", "Tell what changed in the last N days; 30 by default.", panel=p.WHEN),
                flag(
                    "--week",
                    "A weekly tracker: totals, by area, then line by line, marking what changed and what was redefined.",
                    panel=p.WHAT,
                ),
                p.FORMAT,
                p.OUTPUT,
                p.SQL,
            ),
            more="A screen gets the page wrapped to its width; -f md gives it as it is pasted. Every figure has its footnote.",
            examples=(
                "report brief --location ner --as-of 2023-10-15",
                "report brief --actor fra --as-of 2023-10-15 --week -f md",
            ),
        ),
    ),
    panel=ASKING,
)
