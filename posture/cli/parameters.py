"""Every option and argument that more than one command has, declared once."""

from __future__ import annotations

from posture.cli.tree import MANY, argument, flag, option

WHAT, WHEN, WHO, LINKS, WRITING, ANSWER, EVERYWHERE = (
    "What exactly",
    "When",
    "Who says so",
    "How it hangs together",
    "Writing",
    "The answer",
    "Everywhere",
)
"""The headings under which options stand in the help."""

RECORDING, ASKING, CATALOGUE, DATABASE = "Record", "Ask", "Catalogue", "Database and settings"
"""The headings of `posture --help`."""

# --- everywhere -----------------------------------------------------------------------------------------------------

DB = option(
    "--db",
    "URL",
    "Database: a file, sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    panel=EVERYWHERE,
    completes="file",
)
DEBUG = flag("--debug", "Show the whole traceback of an error.", panel=EVERYWHERE)
NO_COLOR = flag("--no-color", "No colours or bold type.", panel=EVERYWHERE)
EVERYWHERE_PARAMETERS = (DB, DEBUG, NO_COLOR)
"""Accepted before the command and after it."""

# --- claims ---------------------------------------------------------------------------------------------------------

LINE = argument(
    "line",
    "What it is about: a deployment (fra-ner) or a line of it (fra-ner/drones).",
    metavar="DEPLOYMENT[/ASSET]",
    completes="line",
)
QUANTITY = argument(
    "quantity",
    'How many, as the source puts it: 1500, ~1500, 1400..1500, ">1000", some, most, 30%, none, unknown.',
    metavar="QUANTITY",
)
QUANTITY_IF_ANY = argument(
    "quantity", "How many of them (for instance 3 of 4); all, if not given.", metavar="QUANTITY", required=False
)
ALSO = option(
    "--also",
    "LINE=QUANTITY",
    "What the same statement says beside it: a claim of its own in the same entry, alike in all but line and quantity.",
    shape=MANY,
    panel=WHAT,
    completes="line",
)
CLAIM = argument("claim", "Number of the claim: 12, or c12.", metavar="CLAIM", completes="claim")

ON = option(
    "--on",
    "DATE",
    'When it was so in the world: 2023-09-06, 2023-09, "spring 2022", "before 2023-07-26", 2023-10-05/2023-12-22. The source\'s date by default.',
    panel=WHEN,
)
STATED_ON = option("--stated-on", "DATE", "The day it was said; the source's date by default.", panel=WHEN)

SOURCE = option("--source", "CODE", "The source that says so.", panel=WHO, completes="source")
GRADE = option(
    "--grade", "B2", "Reliability A-F and credibility 1-6 (F and 6: cannot be judged).", panel=WHO, completes="grade"
)
EXCERPT = option("--excerpt", "TEXT", "The passage that says so; must occur in the source's stored text.", panel=WHO)
LOCATOR = option("--locator", "TEXT", "Where in the source: page, paragraph, minute.", panel=WHO)
OWN_WORDS = flag(
    "--own-words",
    "The source says so itself, or only repeats another.",
    name="own_words",
    negation="--repeated",
    panel=WHO,
)

PLANNED = flag("--planned", "It is planned: changes no posture.", panel=WHAT)
POSSIBLE = flag("--possible", "It may happen.", panel=WHAT)
DEMANDED = flag("--demanded", "Somebody demands it.", panel=WHAT)
NEGOTIATING = flag("--negotiating", "It is being talked about.", panel=WHAT)
DENIED = flag("--denied", "The source says that it is not so.", panel=WHAT)
MODALITIES = (PLANNED, POSSIBLE, DEMANDED, NEGOTIATING, DENIED)
"""At most one of them; without any, the claim is that it is so."""
ACTUAL = flag("--actual", "It is so after all, not planned, possible...", panel=WHAT)

BASIS = option("--basis", "WORD", "What the figure counts.", panel=WHAT, completes="vocabulary:CountingBasis")
COMPLETE = flag(
    "--complete", "The source says that the parts it lists are all there are.", negation="--not-complete", panel=WHAT
)
WHY_IT_CHANGED = option("--reason", "WORD", "Why the number changed.", panel=WHAT, completes="vocabulary:Reason")
NOTE = option("--note", "TEXT", "Your own remark.", panel=WHAT)

FULFILS = option("--fulfils", "CLAIM", "The plan that this carries out.", shape=MANY, panel=LINKS, completes="plan")
PARTLY_FULFILS = option(
    "--partly-fulfils", "CLAIM", "The plan that this carries out in part.", shape=MANY, panel=LINKS, completes="plan"
)
CANCELS = option("--cancels", "CLAIM", "The plan that this calls off.", shape=MANY, panel=LINKS, completes="plan")
SUPERSEDES = option(
    "--supersedes", "CLAIM", "The plan that this takes the place of.", shape=MANY, panel=LINKS, completes="plan"
)
PLAN_LINKS = (FULFILS, PARTLY_FULFILS, CANCELS, SUPERSEDES)
SAME_AS = option("--same-as", "CLAIM", "The claim that reports the same happening.", panel=LINKS, completes="claim")
AFTER = option(
    "--after", "CLAIM", "The claim of the same day after which this happened.", panel=LINKS, completes="claim"
)
TRANSFER = option("--transfer", "ID", "Name that joins the two sides of a move.", panel=LINKS)
OTHER_SIDE = option(
    "--other-side",
    "DEPLOYMENT",
    "Where they came from or went to, even while nobody reports that side.",
    name="other",
    panel=LINKS,
    completes="deployment",
)

# --- writing --------------------------------------------------------------------------------------------------------

CREATE = flag("--create", "Make a missing deployment or asset line on the way.", panel=WRITING)
DRY_RUN = flag("--dry-run", "Print the exact rows and write nothing.", panel=WRITING)
FORCE = flag("--force", "Write in spite of a rule that can be overruled.", panel=WRITING)
TXID = option("--txid", "ID", "Your own name for this change: a retry under it writes nothing twice.", panel=WRITING)
BY = option("--by", "NAME", "Who records it; your user name by default.", panel=WRITING)
QUIET = flag("-q --quiet", "Print only the new id.", panel=WRITING)
AS_JSON = flag("--json", "Print what was written as one JSON object.", name="as_json", panel=WRITING)
WHY_IT_IS_WRITTEN = option(
    "--reason", "TEXT", "Why, in a few words; kept in the ledger.", name="entry_reason", panel=WRITING
)
WRITING_PARAMETERS = (DRY_RUN, TXID, BY, FORCE, QUIET, AS_JSON)
"""What every command that writes accepts."""

CLAIM_PARAMETERS = (
    ON,
    STATED_ON,
    SOURCE,
    GRADE,
    EXCERPT,
    LOCATOR,
    OWN_WORDS,
    *MODALITIES,
    BASIS,
    COMPLETE,
    WHY_IT_CHANGED,
    NOTE,
    *PLAN_LINKS,
    SAME_AS,
    AFTER,
    TRANSFER,
    OTHER_SIDE,
)
"""What every claim can say beside its line and its quantity."""

# --- reading --------------------------------------------------------------------------------------------------------

AS_OF = option("--as-of", "DATE", "The world on this day; today by default.", panel=WHEN)
KNOWN_AT = option(
    "--known-at",
    "WHEN",
    "What had been recorded by then: #12, a date (its end, UTC) or an instant; everything by default.",
    panel=WHEN,
)
EDITION = option(
    "--edition",
    "NAME",
    "Both clocks of this edition, instead of --as-of and --known-at; @last is the last that was made.",
    panel=WHEN,
    completes="edition",
)
ACTOR = option("--actor", "CODE", "Forces of this actor and of its parts.", panel=WHAT, completes="actor")
LOCATION = option("--location", "CODE", "At this location or inside it.", panel=WHAT, completes="location")
ASSET_TYPE = option("--asset-type", "CODE", "Of this type or a kind of it.", panel=WHAT, completes="asset_type")
DEPLOYMENT = option("--deployment", "CODE", "This deployment only.", panel=WHAT, completes="deployment")
MIN_GRADE = option(
    "--min-grade",
    "B2",
    "Only claims graded so or better, in both parts; F and 6 come after C and 3.",
    panel=WHO,
    completes="grade",
)
FORMAT = option(
    "-f --format",
    "FORMAT",
    "table, json, jsonl, csv, md, xlsx, parquet, geojson or kml; table by default, also in a pipe. csv and jsonl are rows alone, without the clocks; csv keeps every character, except on a terminal; xlsx and parquet go to a file.",
    panel=ANSWER,
    completes="=table json jsonl csv md xlsx parquet geojson kml",
)
OUTPUT = option(
    "-o --output",
    "FILE",
    "Write there instead; the file is replaced only when complete. Of a report as csv or jsonl, the clocks go to standard error.",
    panel=ANSWER,
    completes="file",
)
CITE = flag("--cite", "Put the sources of each figure beside it, in every form.", panel=ANSWER)
RAW = flag(
    "--raw",
    "In csv and xlsx, leave text alone that a spreadsheet would run as a formula: for machines, which run none.",
    panel=ANSWER,
)
SQL = flag("--sql", "Print the statements that read what is behind the answer, and not the answer.", panel=ANSWER)
