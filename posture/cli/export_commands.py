"""`posture export`: what is published from a file of jobs, declared."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.tree import MANY, Command, Group, argument, flag, option

FILE = option(
    "--file", "FILE", "The file of jobs; the nearest exports.toml upwards by default.", completes="file", panel=p.WHAT
)
JOBS = argument(
    "job",
    "Jobs by their names; all of them, if none is given.",
    metavar="JOB",
    shape=MANY,
    required=False,
    completes="job",
)
TOLD_AS = option("-f --format", "FORMAT", "table or json; table by default.", panel=p.ANSWER, completes="=table json")

EXPORT = Group(
    "export",
    "Publish reports, claims and changes as files that can be trusted to be whole.",
    (
        Command(
            "run",
            "Publish what the jobs of exports.toml say, each whole or not at all.",
            "exporting:run",
            (
                JOBS,
                FILE,
                flag("--due", "Only what is due: once in its hour, day, week or month.", panel=p.WHEN),
                flag(
                    "--if-changed",
                    "Publish only where a data file differs from the one that stands there.",
                    panel=p.WHAT,
                ),
                flag("--dry-run", "Say what would be published, and where; write nothing.", panel=p.WRITING),
                flag("-q --quiet", "Say only what goes wrong.", panel=p.ANSWER),
                flag("--json", "Print what was done as one JSON object for each job.", name="as_json", panel=p.ANSWER),
            ),
            more="It is run by something else: cron, a timer, a workflow; see posture export schedule. Files are written beside"
            " their destination and put in its place in one step. A job that another run is at exits with 75.",
            examples=("export run", "export run daily --dry-run", "export run --due --quiet"),
        ),
        Command(
            "list",
            "List the jobs: what they publish, where and when.",
            "exporting:list_jobs",
            (JOBS, FILE, TOLD_AS),
            examples=("export list",),
        ),
        Command(
            "status",
            "Say when each job was last published; exit 1 where that is too long ago.",
            "export_status:status",
            (
                JOBS,
                FILE,
                option(
                    "--max-age",
                    "26h",
                    "Exit with 1 if a job was last published longer ago: 90m, 26h, 8d.",
                    panel=p.WHEN,
                ),
                TOLD_AS,
            ),
            more="For whatever watches over it: with --max-age, one line on standard error for each job that is late, was never"
            " published, or whose export is gone or altered.",
            examples=("export status", "export status --max-age 26h"),
        ),
        Command(
            "verify",
            "Say whether an export is whole: every file as it was written, and no other; exit 5 if not.",
            "exporting:verify",
            (
                argument(
                    "folder",
                    "The folder of an export; or s3://BUCKET/FOLDER.",
                    metavar="DIR",
                    shape=MANY,
                    completes="file",
                ),
                flag("--ledger", "Also that it is of this database, which has gone on from there.", panel=p.WHAT),
                flag("-q --quiet", "Say only what is wrong.", panel=p.ANSWER),
            ),
            more="It needs no database without --ledger. sha256sum -c SHA256SUMS says the same of the files that are there.",
            examples=("export verify published/posture",),
        ),
        Command(
            "schedule",
            "Print what makes cron, systemd or GitHub Actions publish what is due.",
            "exporting:print_schedule",
            (
                flag("--cron", "A line for a crontab.", panel=p.WHAT),
                flag("--systemd", "A service and a timer.", panel=p.WHAT),
                flag("--github-actions", "A workflow.", panel=p.WHAT),
                FILE,
                option(
                    "-o --output", "DIR", "Write the files into this folder instead.", panel=p.ANSWER, completes="file"
                ),
            ),
            examples=("export schedule --cron", "export schedule --systemd -o /etc/systemd/system"),
        ),
        Command(
            "check",
            "Read exports.toml, ask each job's question, and say what is wrong; publish nothing.",
            "exporting:check",
            (FILE,),
            examples=("export check",),
        ),
        Command(
            "init",
            "Write an exports.toml to begin with.",
            "exporting:init",
            (
                argument(
                    "path",
                    "The file to write; exports.toml by default.",
                    metavar="FILE",
                    required=False,
                    completes="file",
                ),
            ),
            examples=("export init",),
        ),
    ),
    panel=p.ASKING,
)
