"""`posture report NAME`: every report with its filters, both clocks, and the forms of its answer."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.parameters import ASKING
from posture.cli.tree import Command, Group, flag, option

QUESTION = (p.AS_OF, p.KNOWN_AT, p.ACTOR, p.LOCATION, p.ASSET_TYPE, p.DEPLOYMENT)
"""What every report can be asked about."""
ANSWER = (p.FORMAT, p.CITE, p.OUTPUT, p.SQL)
"""How every report can be answered."""

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
            "plans",
            "What was planned, demanded, talked about, and what became of it.",
            "reports.plans:run",
            (*QUESTION, *ANSWER),
            examples=("report plans --actor fra",),
        ),
    ),
    panel=ASKING,
)
