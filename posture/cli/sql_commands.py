"""`posture sql`, and the commands of `posture db` that make databases ready for readers of SQL."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.tree import MANY, Command, argument, flag, option

_FORM = option(
    "--format",
    "FORMAT",
    "table, json, jsonl, csv or md; table by default. Behind a QUERY, -f FORMAT says the same.",
    panel=p.ANSWER,
    completes="=table json jsonl csv md",
)

SQL = Command(
    "sql",
    "Ask a query in SQL of the views report_*; it can only read.",
    "sql:run",
    (
        argument(
            "query", 'The query, such as "SELECT ..."; behind --schema, a view.', metavar="[QUERY]", required=False
        ),
        option("-f --file", "FILE", "Read the query from there; - is standard input.", panel=p.WHAT, completes="file"),
        option(
            "--param",
            "NAME=VALUE",
            "What :NAME stands for: a number, text, or null; within '' it is text whatever it looks like.",
            shape=MANY,
            panel=p.WHAT,
        ),
        flag("--list", "List the views, and what one row of each is.", name="list_them", panel=p.WHAT),
        flag("--schema", "List the columns of a view, or of all, with their meaning.", panel=p.WHAT),
        option("--max-rows", "NUMBER", "Cut the answer off behind so many rows; 10000 by default.", panel=p.ANSWER),
        option("--timeout", "SECONDS", "End the query after so long; 30 by default.", panel=p.ANSWER),
        flag("--unsafe", "Ask even as a PostgreSQL user who could also write.", panel=p.ANSWER),
        _FORM,
        p.OUTPUT,
    ),
    more="The query runs where it can do nothing but read the views: in a process of its own on SQLite, as a role that may"
    " only select on PostgreSQL (posture db reader-role; its address in POSTURE_READER_URL). docs/querying.md says more.",
    examples=(
        'sql "SELECT line, low, high, as_of FROM report_posture WHERE location_code = :place" --param place=ner',
        "sql --schema report_posture",
    ),
)

READER_ROLE = Command(
    "reader-role",
    "Make a PostgreSQL role that may only select from the views.",
    "reader_role:run",
    (
        argument("name", "The role; posture_reader by default.", metavar="[NAME]", required=False),
        flag("--login", "It may log in, by what the server asks of it."),
        flag("--password-stdin", "It logs in with the password on standard input; only its hash goes to the server."),
        flag("--dry-run", "Print the statements and run none of them."),
    ),
    more="Run it again after an upgrade of the schema: it gives the role what it lacks. Never prints a password.",
    examples=("db reader-role", "db reader-role analyst --login --dry-run"),
)

SNAPSHOT = Command(
    "snapshot",
    "Write the reports as tables of a file for Datasette, Metabase, R or pandas.",
    "snapshot:run",
    (
        argument("file", "The SQLite file to write.", metavar="FILE", completes="file"),
        p.AS_OF,
        p.KNOWN_AT,
        p.ACTOR,
        p.LOCATION,
        p.ASSET_TYPE,
        p.DEPLOYMENT,
        p.BASIS,
        option("--stale-after", "DAYS", "Flag figures whose newest claim is older; 90 by default.", panel=p.WHEN),
        flag("--datasette", "Write FILE-metadata.json too: titles, meanings and queries for Datasette."),
        flag("--force", "Even over a file that is there."),
    ),
    more="Posture, plans and totals by the reading rules, with the claims and sources that they rest on, and a"
    " data_dictionary of every column. The same question to the same ledger gives the same bytes.",
    examples=("db snapshot niger.db --as-of 2023-10-15 --location ner --datasette",),
)
