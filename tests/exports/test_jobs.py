"""The file of jobs: what is wrong with it is told by line and key, and what reports take is what the command line takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.cli.report_commands import ANSWER, REPORT
from posture.cli.tree import FLAG, MANY, Command
from posture.errors import NotFound
from posture.exports.finding import find_file
from posture.exports.jobs import UnknownJob, schema_text
from posture.exports.jobs_reading import JobsMistake, read_jobs
from posture.reports.named import KNOWN_AS, REPORTS, TAKES

if TYPE_CHECKING:
    from collections.abc import Callable

TOP = Path(__file__).resolve().parents[2]
GOOD = """\
licence = "CC-BY-4.0"

[[job]]
name = "niger"
report = "posture"
formats = ["csv", "json"]
destination = "out/niger"
parameters = { location = "ner", as-of = 2023-10-15, totals = true, stale_after = 30 }

[[job]]
name = "old"
report = "claims"
formats = ["jsonl"]
destination = "out/old/{year}/{as_of}-{seq}"
[job.keep]
last = 3
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "exports.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_a_good_file_is_read_with_its_parameters_as_a_report_takes_them(written: Callable[[str], str]) -> None:
    found = read_jobs(written(GOOD))
    niger, old = found.jobs
    assert niger.given == {
        "location": "ner",
        "as_of": "2023-10-15",
        "totals": True,
        "stale_after": "30",
        "cite": False,
    }
    assert found.licence_of(niger) is not None and found.template(niger).shown.endswith("out/niger")
    assert found.template(old).fill({"year": "2023", "as_of": "2023-10-15", "seq": "7"}) == ("2023", "2023-10-15-7")
    assert (old.every, old.at, old.keep.last) == ("day", "00:00", 3)


MISTAKES = [
    ('"csv"', '"cvs"', ":6: ", 'no format "cvs"; did you mean "csv"?'),
    ('"csv"', '"docx"', ":6: ", 'no format "docx"; there are csv, json, jsonl'),
    ('["csv", "json"]', "[]", ":6: ", "formats: name at least one"),
    ('name = "niger"', 'name = "Niger X"', ":4: ", "small letters"),
    ('name = "niger"\n', "", ":3: ", "job 1: name is missing"),
    ('report = "posture"', 'report = "postur"', ":5: ", 'no report "postur"; did you mean "posture"?'),
    (
        'destination = "out/niger"',
        'destination = "out/niger"\nevery = "fortnight"',
        ":8: ",
        "there are hour, day, week",
    ),
    (
        'destination = "out/niger"',
        'destination = "out/niger"\ncolumns = ["a"]',
        ":8: ",
        "there are name, report, formats",
    ),
    ('destination = "out/niger"', 'destination = "out/niger"\nlicence = { nam = "x" }', ":8: ", 'no key "nam"'),
    (
        'destination = "out/niger"',
        'destination = "out/niger"\nping = "ftp://x"',
        ":8: ",
        'ping: an address, such as https://hc-ping.com/1234, not "ftp://x"',
    ),
    ("location =", "place =", ":8: ", 'has no parameter "place"; there are as_of, known_at'),
    ("[[job]]", "[[jobs]]", ":3: ", 'no key "jobs"; did you mean "job"?'),
    ("as-of", "asof", ":8: ", 'did you mean "as_of"?'),
    ("totals = true", "totals = 3", ":8: ", "totals is true or false"),
    ("stale_after = 30", 'stale_after = "soon"', ":8: ", "stale_after is a whole number"),
    ("last = 3", "lasst = 3", ":16: ", 'did you mean "last"?'),
    ("last = 3", "last = 0", ":16: ", "greater than or equal to 1"),
    ("{year}/{as_of}-{seq}", "here", ":15: ", "put {as_of} or {seq} into destination"),
    ("{year}", "{yaer}", ":14: ", "{yaer} stands for nothing"),
    ("{year}", "{edition}", ":14: ", "say edition"),
    ("out/niger", "out/../../etc", ":7: ", "write no .."),
    ("out/niger", "/", ":7: ", "root of the file system"),
    ("out/niger", "s3://bucket", ":7: ", "name a folder too"),
    ("out/niger", "s3://key:secret@bucket/x", ":7: ", "no passwords"),
    ('name = "old"', 'name = "niger"', ":11: ", "two jobs"),
    ("licence", "license", ":1: ", 'did you mean "licence"?'),
    ('destination = "out/niger"', 'destination = "out/niger"\nping = "here"', ":8: ", "an address"),
    ('destination = "out/niger"', 'destination = "out/niger"\nat = "25:00"', ":8: ", "a time of the day"),
    ('destination = "out/niger"', 'destination = "out/niger"\nedition = "q4"', ":9: ", "an edition has its own clocks"),
    ('report = "claims"', 'report = "diff"\nedition = "q4"', ":13: ", "say which to compare"),
    ('report = "claims"', 'report = "claims"\nedition = "@last"', ":13: ", "name the edition"),
    ("out/old/{year}/{as_of}-{seq}", "out/niger/old/{seq}", ":14: ", 'lies in the folder of "niger"'),
    ('report = "claims"', 'report = "changes"', ":14: ", "one folder, without placeholders"),
    ('report = "claims"', 'report = "evidence"', ":10: ", "needs to be told line"),
    ("out/niger", "out/{job}\x00", "", "not TOML"),
]


@pytest.mark.parametrize(("was", "now", "line", "what"), MISTAKES)
def test_a_mistake_is_one_line_with_its_place(
    written: Callable[[str], str], was: str, now: str, line: str, what: str
) -> None:
    assert was in GOOD
    with pytest.raises(JobsMistake) as caught:
        read_jobs(written(GOOD.replace(was, now, 1)))
    said = str(caught.value)
    assert said.startswith(f"exports.toml{line}") and what in said and "\n" not in said
    assert caught.value.exit_code == 2


def test_two_jobs_never_share_a_folder(written: Callable[[str], str]) -> None:
    with pytest.raises(JobsMistake, match='"niger" publishes there already'):
        read_jobs(
            written(GOOD.replace("out/old/{year}/{as_of}-{seq}", "./out/niger").replace("[job.keep]\nlast = 3", ""))
        )


def test_an_unknown_job_is_told_with_what_was_meant(written: Callable[[str], str]) -> None:
    found = read_jobs(written(GOOD))
    assert [job.name for job in found.chosen(["old"])] == ["old"]
    with pytest.raises(UnknownJob, match='did you mean "niger"?'):
        found.chosen(["nigre"])


def test_the_file_is_found_upwards(tmp_path: Path, written: Callable[[str], str]) -> None:
    path = written(GOOD)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_file(None, str(below)) == path
    with pytest.raises(NotFound, match="export init"):
        find_file("nothing.toml", str(tmp_path))


def test_what_a_report_takes_is_what_its_command_takes() -> None:
    beside = {parameter.name for parameter in ANSWER} | {"exit_code", "edition", "until_edition"}
    for command in REPORT.members:
        assert isinstance(command, Command)
        taken = {}
        for parameter in command.parameters:
            if parameter.name in beside:
                continue
            word = (parameter.flags[-1].lstrip("-") if parameter.flags else parameter.name).replace("-", "_")
            taken[word] = parameter
            assert KNOWN_AS.get((command.name, word), word) == parameter.name
        told = {word: kind for word, kind in TAKES[command.name].items() if word not in ("edition", "editions")}
        assert set(told) == set(taken), command.name
        for word, parameter in taken.items():
            assert (told[word] == "flag") == (parameter.shape == FLAG), (command.name, word)
            assert (told[word] == "many") == (parameter.shape == MANY), (command.name, word)
    assert [command.name for command in REPORT.members] == list(REPORTS)


def test_the_schema_of_the_file_is_the_one_in_the_docs() -> None:
    kept = TOP / "docs" / "schema" / "exports.json"
    assert kept.read_text(encoding="utf-8") == schema_text()


def test_the_example_is_read() -> None:
    assert len(read_jobs(str(TOP / "fixtures" / "export" / "exports.toml")).jobs) == 3
