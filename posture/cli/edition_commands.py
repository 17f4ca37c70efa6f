"""`posture edition`, declared."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.tree import Command, Group, argument, option

_NAME = argument("name", "Its name, lower-case kebab: 2023-q4.", completes="edition")
EDITION = Group(
    "edition",
    "Name a pair of clocks, so that what a report said can be cited.",
    (
        Command(
            "create",
            "Make an edition: both clocks, and the hash of all that was recorded by then.",
            "editions:create",
            (
                argument("name", "Its name, lower-case kebab: 2023-q4."),
                p.AS_OF,
                p.KNOWN_AT,
                option("--title", "TEXT", "Its title, as it is cited; the name by default.", panel=p.WHAT),
                option("--note", "TEXT", "Your own remark.", panel=p.WHAT),
                p.WHY_IT_IS_WRITTEN,
                *p.WRITING_PARAMETERS,
            ),
            more="It is recorded in the ledger, and what it names never changes: a report with --edition gives the same answer"
            " whatever is claimed later; where the catalogue's trees were changed since, a note says so. An edition that was made by"
            " mistake is undone like any entry.",
            examples=(
                'edition create 2023-q3 --as-of 2023-09-30 --known-at 2023-10-15 --title "Posture, third quarter of 2023"',
            ),
        ),
        Command("list", "List the editions.", "editions:list_them", (p.FORMAT, p.OUTPUT)),
        Command(
            "show", "Show an edition: its clocks, its hash, who made it.", "editions:show", (_NAME, p.FORMAT, p.OUTPUT)
        ),
    ),
    panel=p.CATALOGUE,
)
