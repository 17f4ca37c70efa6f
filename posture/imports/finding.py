"""How the words of a file find rows of the catalogue, and which rows an import has to make first.

Words are looked up as everywhere else: by code, another name, or name, never by a likeness. What is missing is made only
where the mapping says so, and only inside the entry of the import; until then it is planned here, under its code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import fold, make_code, read_code
from posture.errors import AmbiguousCode, NotFound, PostureError, UnknownCode, UsageMistake
from posture.imports import reference
from posture.imports.mapping import MADE
from posture.ledger import catalogue
from posture.ledger.fields import read_place, read_source
from posture.ledger.lines import asset_type_called
from posture.ledger.nouns import DEFAULTS, NOUNS
from posture.ledger.origins import repeated_by
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posture.imports.mapping import Sheet
    from posture.ledger.entry import Entry
    from posture.store.connection import Database


class NoSuchRow(NotFound):
    """A word names no row, and none can be made for it."""

    def __init__(self, noun: str, what: str) -> None:
        self.noun = noun
        super().__init__(what)


class Finder:
    """Finds rows by words, and remembers those to be made."""

    def __init__(self, db: Database, sheet: Sheet) -> None:
        """Raise `MappingMistake` for a row that the mapping tells of and that could not be made."""
        self._db, mapping = db, sheet.mapping
        self._makes = set(MADE if mapping.create is True else mapping.create or ())
        self.planned: dict[str, dict[str, dict[str, Any]]] = {noun: {} for noun in MADE}
        """The rows to be made: their fields, by noun and code (an asset's is deployment/code)."""
        self._told: set[tuple[str, str]] = set()
        self._called: dict[tuple[str, str], str] = {}
        self._found: dict[tuple[str, str], str] = {}
        self._by_url: dict[str, str] | None = None
        self.lines: list[tuple[str, str | None]] = []
        """Every line that a claim is about: the codes of its deployment and of its asset."""
        self._line_numbers: dict[tuple[str, str | None], int] = {}
        self.sources: list[str] = []
        """The code of every source."""
        self._source_numbers: dict[str, int] = {}
        self._load()
        for noun, rows in mapping.catalogue.items():
            for place, row in enumerate(rows):
                try:
                    self._plan_told(noun, row)
                except PostureError as error:
                    raise sheet.mistake((f"catalogue.{noun}", place), str(error)) from None

    def _load(self) -> None:
        db = self._db
        self._deployments: dict[tuple[str, str, str], str] = {
            (who, where, operation or ""): code
            for code, who, where, operation in db.tuples(
                "select d.code, a.code, l.code, d.operation from deployment d join actor a on a.id = d.actor_id"
                " join location l on l.id = d.location_id"
            )
        }
        self._assets: dict[tuple[str, str], str] = {
            (deployment, kind): code
            for deployment, kind, code in db.tuples(
                "select d.code, t.code, a.code from asset a join deployment d on d.id = a.deployment_id"
                " join asset_type t on t.id = a.asset_type_id where a.platform_id is null"
            )
        }
        self._platform_lines = set(
            db.tuples(
                "select d.code, a.code from asset a join deployment d on d.id = a.deployment_id"
                " where a.platform_id is not null"
            )
        )
        # A code comes before every other name, so that what is called by its code needs no further search.
        self._codes = {code for (code,) in db.tuples("select code from deployment")}
        self._line_codes = {(one, code) for (one, _), code in self._assets.items()} | self._platform_lines

    def code(self, noun: str, word: str, new: Mapping[str, str] | None = None) -> str:
        """Return the code of the row that a word names, planned if it is missing and may be made.

        Raises `UnknownCode`, `AmbiguousCode`, or what is wrong with the fields of a new row.
        """
        known = self._found.get((noun, word))
        if known is None:
            known = self._found[noun, word] = self._find(noun, word, new or {})
        return known

    def _find(self, noun: str, word: str, new: Mapping[str, str]) -> str:
        if noun == "deployment" and (code := word.strip().lower()) in self._codes:
            return code
        row: Mapping[str, Any] | None = lookup.find_code(self._db, noun, word)
        if row is None and noun == "asset_type":
            row = asset_type_called(self._db, word)
        if row is not None:
            return str(row["code"])
        there = self._called.get((noun, fold(word)))
        if there is not None:
            return there
        if noun not in self._makes:
            lookup.get_code(self._db, noun, word)
            raise UnknownCode(noun, word)
        if not new.get("kind"):
            _refuse_shared_name(noun, word)
        filled = {**(self._reference(noun, word) or {}), **{name: text for name, text in new.items() if text}}
        return self._plan(noun, filled.pop("code", None) or make_code(word), {_named(noun): word, **filled}, word)

    def _reference(self, noun: str, word: str) -> dict[str, Any] | None:
        """Return what is known of a place or a state everywhere; the country of an airfield is planned as well."""
        if noun == "actor":
            return reference.state(word)
        if noun != "location":
            return None
        fields = reference.country(word)
        if fields is None and (fields := reference.airfield(word)) is not None and fields.get("parent"):
            fields["parent"] = self.code("location", fields["parent"])
        return fields

    def _plan_told(self, noun: str, row: Mapping[str, str]) -> None:
        """Plan a row that the mapping names, if it is not there."""
        fields = {name: text for name, text in row.items() if name != "code"}
        code = read_code(row["code"]) if "code" in row else make_code(row.get("name") or row.get("title") or "")
        if lookup.find_code(self._db, noun, code) is None:
            self._told.add((noun, code))
            self._plan(noun, code, fields, code)

    def _plan(self, noun: str, code: str, fields: dict[str, Any], word: str) -> str:
        """Plan a row under a code; return the code. Where the code is there already, it is that row."""
        if not code:
            raise UnknownCode(noun, word)
        row = lookup.find_code(self._db, noun, code)
        if row is not None:
            return str(row["code"])
        if code not in self.planned[noun]:
            self._validate(noun, code, fields)
            self.planned[noun][code] = fields
        for name in {code, word, str(fields.get(_named(noun)) or code)}:
            self._called.setdefault((noun, fold(name)), code)
        return code

    def _validate(self, noun: str, code: str, fields: dict[str, Any]) -> None:
        """Raise what would be wrong with a new row, as far as can be told before it is made."""
        shown = noun.replace("_", "-")
        missing = [name for name in NOUNS[noun].required if not fields.get(name)]
        if missing and (noun, code) in self._told:
            raise NoSuchRow(noun, f'the new {shown} "{code}" needs a {missing[0]}: {missing[0]} = "..."')
        if missing:
            told = ", ".join(f'{name} = "..."' for name in missing)
            raise NoSuchRow(
                noun,
                f'no {shown.replace("-", " ")} "{code}", and nothing says of what {missing[0]} a new one is;'
                f" {_meant(noun, fields)}say new = {{ {told} }}",
            )
        strange = [name for name in fields if name not in NOUNS[noun].fields]
        if strange:
            raise NoSuchRow(noun, f'a {shown} has no field "{strange[0]}"; it has {", ".join(NOUNS[noun].fields)}')
        try:
            if noun == "source":
                read_source({**DEFAULTS["source"], **fields}, None)
            if noun == "location":
                read_place(dict(fields))
        except UsageMistake as error:
            raise NoSuchRow(noun, str(error)) from None

    def plan_row(self, noun: str, code: str, fields: dict[str, Any], word: str) -> None:
        """Plan a row that a file of the catalogue tells of; a second one of its code is refused."""
        if code in self.planned[noun]:
            raise NotFound(f"{noun.replace('_', '-')} {code} stands twice in the file; a code tells them apart")
        self._plan(noun, code, fields, word or code)
        self._told.add((noun, code))

    def source(self, word: str, new: Mapping[str, str]) -> int:
        """Return the number, among the sources of this import, of the one with this code or name."""
        return self._numbered(self.code("source", word, {"title": word, **new}))

    def source_at(self, url: str, new: Mapping[str, str]) -> int:
        """Return the number of the source with this address."""
        if self._by_url is None:  # read once: there may be as many sources as rows
            rows = self._db.tuples("select url, code from source where url is not null order by id desc")
            self._by_url = {row[0]: row[1] for row in rows}
        code = self._by_url.get(url)
        if code is None:
            code = self._by_url[url] = self._plan_url(url, new)
        return self._numbered(code)

    def _plan_url(self, url: str, new: Mapping[str, str]) -> str:
        if "source" not in self._makes:
            raise NotFound(f'no source at {url}; add it, or let the mapping make it: create = ["source"]')
        import hashlib

        bare = url.partition("://")[2] or url
        code = (
            f"{make_code(bare.replace('.', '-'))[:60].strip('-')}-{hashlib.sha256(url.encode()).hexdigest()[:8]}".strip(
                "-"
            )
        )
        return self._plan("source", code, {"title": bare, "url": url, **new}, code)

    def origin(self, code: str, fields: dict[str, Any]) -> int:
        """Return the number of the file itself as a source."""
        return self._numbered(self._plan("source", code, fields, code))

    def _numbered(self, code: str) -> int:
        if code not in self._source_numbers:
            self._source_numbers[code] = len(self.sources)
            self.sources.append(code)
        return self._source_numbers[code]

    def source_facts(self, number: int) -> dict[str, Any]:
        """Return what of a source decides about its claims: published_on, reliability, text."""
        code = self.sources[number]
        planned = self.planned["source"].get(code)
        if planned is not None:
            values = {**DEFAULTS["source"], **planned}
            read_source(values, None)
            return values
        return dict(lookup.get_code(self._db, "source", code))

    def line(self, words: Mapping[str, str | None], new: Mapping[str, Mapping[str, str]]) -> int:
        """Return the number of the line that these words name, planned if it is missing and may be made."""
        deployment = self._deployment(words, new)
        asset = self._asset(deployment, words, new)
        key = (deployment, asset)
        if key not in self._line_numbers:
            self._line_numbers[key] = len(self.lines)
            self.lines.append(key)
        return self._line_numbers[key]

    def is_platform(self, number: int) -> bool:
        """Whether a line is one machine."""
        return self.lines[number] in self._platform_lines

    def stands(self, number: int) -> bool:
        """Whether a line is there already, and need not be made."""
        deployment, asset = self.lines[number]
        return deployment not in self.planned["deployment"] and f"{deployment}/{asset}" not in self.planned["asset"]

    def _deployment(self, words: Mapping[str, str | None], new: Mapping[str, Mapping[str, str]]) -> str:
        said = words.get("deployment")
        if said and not (words.get("actor") and words.get("location")):
            return self.code("deployment", said)
        if said and (row := lookup.find_code(self._db, "deployment", said)) is not None:
            return str(row["code"])
        who, where = words.get("actor"), words.get("location")
        if not who or not where:
            raise NotFound("whose forces, and where? " + ("the location" if who else "the actor") + " is missing")
        place = (
            self.code("actor", who, new.get("actor")),
            self.code("location", where, new.get("location")),
            words.get("operation") or "",
        )
        if place not in self._deployments:
            if "deployment" not in self._makes:
                raise NotFound(
                    f'no deployment of {place[0]} in {place[1]}; add it, or let the mapping make it: create = ["deployment"]'
                )
            fields = {"actor": place[0], "location": place[1], **({"operation": place[2]} if place[2] else {})}
            code = make_code(said or "-".join(part for part in place if part))
            if lookup.find_code(self._db, "deployment", code) or code in self.planned["deployment"]:
                raise NotFound(f'the code "{code}" is another deployment\'s: say deployment = ... for this one')
            self.planned["deployment"][code] = fields
            self._deployments[place] = code
        return self._deployments[place]

    def _asset(
        self, deployment: str, words: Mapping[str, str | None], new: Mapping[str, Mapping[str, str]]
    ) -> str | None:
        said, kind = words.get("asset"), words.get("asset_type")
        if said:
            if (deployment, code := said.strip().lower()) in self._line_codes:
                return code
            row = (
                lookup.find_line(self._db, f"{deployment}/{said}")
                if deployment not in self.planned["deployment"]
                else None
            )
            if row is not None:
                return str(row["code"])
            if f"{deployment}/{make_code(said)}" in self.planned["asset"]:
                return make_code(said)
        if not said and not kind:
            return None
        wanted = self.code("asset_type", kind or said or "", new.get("asset_type"))
        there = self._assets.get((deployment, wanted))
        if there is not None and not said:
            return there
        if "asset" not in self._makes:
            raise NotFound(
                f'no line {deployment}/{said or wanted}; add it, or let the mapping make it: create = ["asset"]'
            )
        code = make_code(said or wanted)
        if there is not None:
            raise NotFound(f"{deployment} holds {wanted} as {deployment}/{there}: say that, or leave asset away")
        self.planned["asset"][f"{deployment}/{code}"] = {"deployment": deployment, "asset_type": wanted}
        self._assets[deployment, wanted] = code
        return code

    def made(self) -> list[tuple[str, str]]:
        """Return noun and code of every row that will be made, in the order of making."""
        return [(noun, code) for noun in MADE for code in self.planned[noun]]

    def keep_only(self, lines: set[int], sources: set[int]) -> None:
        """Forget the planned rows that only refused rows would have needed."""
        used = {self.lines[number] for number in lines}
        wanted: dict[str, set[str]] = {noun: set() for noun in MADE}
        wanted["asset"] = {f"{deployment}/{asset}" for deployment, asset in used if asset is not None}
        wanted["deployment"] = {deployment for deployment, _ in used}
        wanted["source"] = {self.sources[number] for number in sources}
        for noun in reversed(MADE):
            rows = self.planned[noun]
            for each in list(wanted[noun]):
                wider = rows.get(each, {}).get("parent")
                while wider in rows and wider not in wanted[noun]:
                    wanted[noun].add(str(wider))
                    wider = rows[wider].get("parent")
            for code in [code for code in rows if code not in wanted[noun] and (noun, code) not in self._told]:
                del rows[code]
            for code, fields in rows.items():
                for name, _, target in NOUNS[noun].references:
                    if name in fields and code:
                        wanted[target].add(str(fields[name]))
        self.lines = [line if number in lines else ("", None) for number, line in enumerate(self.lines)]
        self.sources = [code if number in sources else "" for number, code in enumerate(self.sources)]

    def make(self, entry: Entry) -> None:
        """Add the planned rows to an entry."""
        for noun in MADE:
            for code, fields in _parents_first(self.planned[noun]):
                catalogue.add_row(entry, noun, {"code": code.rpartition("/")[2], **fields})

    def line_ids(self, db: Database) -> list[tuple[int, int | None]]:
        """Return the ids of deployment and asset of every line; to be asked once the planned rows are made."""
        deployments = dict(db.tuples("select code, id from deployment"))
        assets = {
            (deployment, code): number
            for deployment, code, number in db.tuples(
                "select d.code, a.code, a.id from asset a join deployment d on d.id = a.deployment_id"
            )
        }
        try:
            return [
                (deployments[one], None if two is None else assets[one, two]) if one else (0, None)
                for one, two in self.lines
            ]
        except KeyError as gone:
            raise PostureError(f"{gone} was removed while the file was read; import it again") from None

    def source_ids(self, entry: Entry) -> list[tuple[int, bool]]:
        """Return the id of every source, and whether it speaks for itself."""
        ids = dict(entry.db.tuples("select code, id from source"))
        repeats = entry.of("source_origin")
        return [
            (ids[code], repeated_by(entry.db, ids[code], repeats) is None) if code else (0, True)
            for code in self.sources
        ]


def _refuse_shared_name(noun: str, word: str) -> None:
    """Raise `AmbiguousCode` for a name that several countries go by, of which the mapping does not say what it is."""
    if noun in {"actor", "location"} and fold(word) in reference.SHARED_NAMES:
        raise AmbiguousCode(noun, word, [code.lower() for code in reference.SHARED_NAMES[fold(word)]])


def _meant(noun: str, fields: Mapping[str, Any]) -> str:
    """Return which country may be meant by a word that names none, for the error; empty where nothing comes near."""
    near = reference.country_candidates(str(fields.get("name") or "")) if noun in {"actor", "location"} else []
    return f"did you mean {' or '.join(near[:3])}? A lookup says so; else " if near else ""


def _named(noun: str) -> str:
    return {"source": "title", "platform": "designation"}.get(noun, "name")


def _parents_first(rows: Mapping[str, dict[str, Any]]) -> Sequence[tuple[str, dict[str, Any]]]:
    """Return rows in an order in which each comes after its parent; a circle is left to the ledger to refuse."""
    done: dict[str, dict[str, Any]] = {}

    def take(code: str, below: tuple[str, ...]) -> None:
        if code in done or code in below:
            return
        parent = str(rows[code].get("parent") or "").lower()
        if parent in rows:
            take(parent, (*below, code))
        done[code] = rows[code]

    for code in rows:
        take(code, ())
    return list(done.items())
