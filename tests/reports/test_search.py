"""Search finds the words in sources, excerpts, events and notes, as known at a moment, alike on both engines."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture import clock
from posture.domain.draft import ClaimDraft
from posture.ledger import catalogue, claims
from posture.ledger.entry import Writing
from posture.ledger.verify import mend, verify
from posture.reports.as_of import Question
from posture.reports.search import Searching, search
from posture.store import passages
from tests.niger import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posture.store.connection import Database
    from tests.niger import Told

FORCED = Writing(force=True)


def found(db: Database, words: str, *, known: int | None = None, **more: Any) -> list[str]:
    """Return what a search finds, `kind what`, the best first."""
    filters = {name: more.pop(name) for name in ("actor", "location", "asset_type", "deployment") if name in more}
    question = Question(as_of=clock.today(), known_seq=known, **filters)
    rows = search(db, question, Searching(words=words, limit=0, **more)).rows
    return [f"{row['kind']} {row['what']}" for row in rows]


@pytest.fixture
def small(db: Database) -> Database:
    """A source with a text, a claim with an excerpt of it, and one with a note."""
    catalogue.add(db, "actor", {"code": "fra", "name": "France", "kind": "state"}, FORCED)
    catalogue.add(db, "location", {"code": "ner", "name": "Niger", "kind": "country"}, FORCED)
    catalogue.add(db, "deployment", {"code": "fra-ner", "actor": "fra", "location": "ner"}, FORCED)
    catalogue.add(db, "asset", {"deployment": "fra-ner", "code": "drones", "asset_type": "drone"}, FORCED)
    text = "Le Monde writes: the drones at Tillabéri stay on the ground. Nobody says for how long."
    catalogue.add(
        db,
        "source",
        {
            "code": "monde",
            "title": "Drones and the coup",
            "published_on": "2023-09-05",
            "text": text,
            "text_kind": "full",
        },
        FORCED,
    )
    claims.log(
        db,
        [ClaimDraft(line="fra-ner/drones", kind="count", quantity="4", source="monde", on="2023-09-05", grade="B2",
                    excerpt="the drones at Tillabéri stay", note="Reapers, by the picture")],
        FORCED,
    )  # fmt: skip
    return db


def test_a_source_is_found_by_title_and_text_and_a_claim_by_excerpt_and_note(small: Database) -> None:
    assert set(found(small, "drones")) == {"source monde", "claim c1 fra-ner/drones"}
    assert found(small, "coup") == ["source monde"]
    assert found(small, "reapers picture") == ["claim c1 fra-ner/drones"]


def test_accents_make_no_difference_either_way(small: Database) -> None:
    assert found(small, "tillaberi") == found(small, "TILLABÉRI")
    assert len(found(small, "tillaberi")) == 2


def test_the_passage_and_the_places_in_it_are_given(small: Database) -> None:
    row = search(small, Question(as_of=clock.today()), Searching(words="nobody", kinds=("source",))).rows[0]
    assert "Nobody says for how long." in row["passage"]
    assert [row["passage"][start:end] for start, end in row["matches"]] == ["Nobody"]


def test_what_was_not_known_yet_is_not_found(small: Database) -> None:
    head = int(small.value("select max(seq) from ledger_entry"))
    assert found(small, "drones", known=head - 1) == ["source monde"]
    assert found(small, "drones", known=head - 2) == []


def test_a_retracted_claim_is_found_only_if_asked_for(small: Database) -> None:
    claims.retract(small, claim=1, writing=FORCED)
    assert found(small, "reapers") == []
    assert found(small, "reapers", retracted=True) == ["claim c1 fra-ner/drones"]


def test_an_edited_source_is_found_by_its_new_words_alone(small: Database) -> None:
    catalogue.edit(small, "source", "monde", {"title": "Helicopters"}, FORCED)
    assert found(small, "coup") == []
    assert found(small, "helicopters") == ["source monde"]
    assert verify(small) == []


def test_a_removed_row_is_not_found_and_an_undone_removal_is(small: Database) -> None:
    catalogue.edit(small, "location", "ner", {"note": "south of the Sahara"}, FORCED)
    catalogue.add(
        small, "location", {"code": "tcd", "name": "Chad", "kind": "country", "note": "a large Sahara"}, FORCED
    )
    assert set(found(small, "sahara")) == {"location ner", "location tcd"}
    gone = catalogue.remove(small, "location", "tcd", FORCED)
    assert found(small, "sahara") == ["location ner"]
    assert gone.seq is not None
    claims.undo(small, gone.seq, FORCED)
    assert set(found(small, "sahara")) == {"location ner", "location tcd"}
    assert verify(small) == []


def test_a_dry_run_leaves_no_trace_in_the_index(small: Database) -> None:
    catalogue.edit(small, "source", "monde", {"title": "Balloons"}, Writing(force=True, dry_run=True))
    assert found(small, "balloons") == []
    assert passages.differences(small) == 0


def test_a_title_weighs_more_than_a_text(small: Database) -> None:
    catalogue.add(small, "source", {"code": "aside", "title": "Weather", "text": "By the way, a coup. " + "Rain. " * 50,
                                    "text_kind": "full"}, FORCED)  # fmt: skip
    assert found(small, "coup", kinds=("source",)) == ["source monde", "source aside"]


def test_an_index_that_is_off_is_named_and_mended(small: Database) -> None:
    if small.engine == "postgresql":  # keeps its own indexes: there is none to go off
        assert not mend(small)
        return
    with small.write():
        small.execute("delete from passage_index where rowid = 18")
    assert [finding.what for finding in verify(small)] == [
        'the index of the full-text search is off in 1 passages; rebuild it with "posture db verify --mend"'
    ]
    assert mend(small)
    assert verify(small) == []
    assert found(small, "reapers") == ["claim c1 fra-ner/drones"]


# --- against a naive reading of the story of Niger --------------------------------------------------------------------


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder: Path = tmp_path_factory.mktemp("search")
    with told(request, request.param, folder, "niger-2023-ledger") as one:
        yield one


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter))


def _naive(db: Database) -> dict[str, list[str]]:
    """Return the words of every passage, by kind and name, read with plain selects."""
    texts: dict[str, str] = {}
    for row in db.all("select * from source"):
        texts[f"source {row['code']}"] = " ".join(
            filter(None, (row["title"], row["publisher"], row["text"], row["note"]))
        )
    for row in db.all("select * from event"):
        texts[f"event {row['code']}"] = " ".join(filter(None, (row["title"], row["excerpt"], row["note"])))
    for row in db.all("select c.*, d.code as d, a.code as a from status_change c join deployment d on d.id = c.deployment_id"
                      " left join asset a on a.id = c.asset_id where c.id not in (select status_change_id from retraction)"):  # fmt: skip
        line = row["d"] + (f"/{row['a']}" if row["a"] else "")
        texts[f"claim c{row['id']} {line}"] = " ".join(filter(None, (row["excerpt"], row["note"])))
    return {name: re.findall(r"[^\W_]+", _plain(text)) for name, text in texts.items()}


WORDS = ("niamey", "drones", "convoy", "french", "soldiers", "chad", "the", "of", "1", "500", "macron", "withdrawal")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    wanted=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
    without=st.lists(st.sampled_from(WORDS), max_size=1),
    begins=st.booleans(),
)
def test_a_search_finds_exactly_what_a_naive_reading_finds(
    story: Told, wanted: list[str], without: list[str], begins: bool
) -> None:
    terms = [word[:3] + "*" if begins and len(word) > 3 else word for word in wanted]
    words = " ".join([*terms, *(f"-{word}" for word in without)])
    expected = {
        name
        for name, said in _naive(story.db).items()
        if all(any(one.startswith(term[:-1]) if term.endswith("*") else one == term for one in said) for term in terms)
        and not any(word in said for word in without)
    }
    assert {hit for hit in found(story.db, words) if hit.split()[0] in ("source", "event", "claim")} == expected


def test_filters_keep_what_is_about_the_place(story: Told) -> None:
    everything = found(story.db, "convoy")
    here = found(story.db, "convoy", location="tcd")
    assert set(here) < set(everything)
    assert all(hit.split()[2].startswith("fra-tcd") for hit in here if hit.startswith("claim"))
    assert here
