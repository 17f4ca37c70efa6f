"""A first mapping of a file: what could be guessed, each guess with its grounds, and what is left for a person to say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from posture.domain.codes import shortened, visible
from posture.imports.looks import RESOLVED, Looks, Named, is_running_total, look_at, names_of, rises
from posture.imports.mapping import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import polars as pl

    from posture.imports.table import RefusedRow, Table
    from posture.store.connection import Database

ROWS = 20_000
"""Rows at the front of a file that a sketch looks at."""

_HEADS = {
    "deployment": {"deployment"},
    "location": {"location", "country", "countryname", "host", "place", "base", "city", "port", "airfield", "where", "site", "iso3c", "iso3", "iso"},
    "actor": {"actor", "force", "nation", "owner", "operator", "army", "sender", "contributor", "whose", "party", "side", "user"},
    "asset_type": {"type", "system", "equipment", "model", "class", "asset", "category", "platform", "weapon", "vehicle", "aircraft"},
}  # fmt: skip
"""Words of a column's name that say which noun its words are of."""

_SERVICES = (
    "army",
    "navy",
    "marine",
    "marines",
    "air force",
    "airforce",
    "coast guard",
    "space force",
    "guard",
    "reserve",
    "civilian",
)
_LOSSES = {
    "loss",
    "losses",
    "lost",
    "destroyed",
    "killed",
    "damaged",
    "captured",
    "wounded",
    "casualties",
    "sunk",
    "downed",
}
_ORDER = (
    "deployment",
    "actor",
    "location",
    "asset_type",
    "date",
    "stated_on",
    "quantity",
    "url",
    "grade",
    "excerpt",
    "locator",
    "note",
)
_SHOWN = 6


@dataclass(slots=True)
class _Guess:
    """A field of the claim: what the mapping says of it, and why."""

    column: str
    why: list[str]
    more: dict[str, Any] = field(default_factory=dict)


def sketch(table: Table, db: Database | None, *, today: date, name: str | None = None) -> str:
    """Return a first mapping of a table as TOML, from its first rows; the words of the catalogue are those of `db`.

    What is guessed says why; what could not be guessed stands in comments that begin with `# ?`.
    """
    import polars as pl

    frames: list[pl.DataFrame] = []
    refused: list[RefusedRow] = []
    for chunk in table.chunks(ROWS):
        frames.append(chunk.frame)
        refused += chunk.refused
        if sum(frame.height for frame in frames) >= ROWS:
            break
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(table.columns, pl.String))
    return _Sketch(table, frame.head(ROWS), db, today, refused).text(name or table.name)


class _Sketch:
    """The guesses about one table."""

    def __init__(
        self, table: Table, frame: pl.DataFrame, db: Database | None, today: date, refused: list[RefusedRow]
    ) -> None:
        self._table, self._db, self._refused = table, db, refused
        self._columns = look_at(frame, table.columns, today)
        pointed = [column.name for column in self._columns if column.dots]
        self._frame = frame.with_columns(frame[name].str.replace_all(".", "", literal=True) for name in pointed)
        self._guesses: dict[str, _Guess] = {}
        self._open: dict[str, list[str]] = {}
        """What could not be guessed, by field: lines of comment."""
        self._wide: list[Looks] = []
        self._new: set[str] = set()
        self._guess_evidence()
        self._guess_dates()
        self._guess_nouns()
        self._guess_quantities()
        said = [column for column in self._columns if column.hints("source", "report", "publisher") and column.words]
        if said and "url" not in self._guesses:
            told = f'"{visible(said[0].name)}" could name the source of each row; without it, the source is the file itself:'
            self._open["source"] = [f"{told} source = {_inline({'column': said[0].name})}"]

    def _free(self) -> Iterable[Looks]:
        taken = {guess.column for guess in self._guesses.values()}
        return (column for column in self._columns if column.words and column.name not in taken)

    # --- guesses -------------------------------------------------------------------------------------------------

    def _guess_evidence(self) -> None:
        for column in self._free():
            if column.addresses and "url" not in self._guesses:
                self._guesses["url"] = _Guess(column.name, ["its words are addresses: one source for each"])
            elif column.grades and "grade" not in self._guesses:
                self._guesses["grade"] = _Guess(column.name, ["its words are grades of the Admiralty code"])
            elif column.hints("excerpt", "quote", "passage") and "excerpt" not in self._guesses:
                self._guesses["excerpt"] = _Guess(column.name, ["by its name"])
            elif (
                column.hints("note", "notes", "remark", "remarks", "comment", "comments")
                and "note" not in self._guesses
            ):
                self._guesses["note"] = _Guess(column.name, ["by its name"])
            elif column.hints("page", "locator", "paragraph") and "locator" not in self._guesses:
                self._guesses["locator"] = _Guess(column.name, ["by its name"])

    def _guess_dates(self) -> None:
        dated = sorted(
            (column for column in self._free() if column.dates),
            key=lambda column: (not column.hints("date", "when", "day", "as"), column.years, -column.filled),
        )
        stated = [
            column for column in dated if column.hints("published", "stated", "reported", "posted", "publication")
        ]
        dated = [column for column in dated if column not in stated] or stated[:1]
        if dated:
            self._guesses["date"] = self._dated("date", dated[0])
            others = ", ".join(f'"{visible(column.name)}"' for column in dated[1:])
            if others:
                self._guesses["date"].why.append(f"also dates: {others}")
        if stated and stated[0] is not (dated[0] if dated else None):
            self._guesses["stated_on"] = self._dated("stated_on", stated[0])
        if not dated:
            self._open["date"] = [
                'date = { column = "..." }  # no column reads as dates; without it, the source\'s date holds'
            ]

    def _dated(self, name: str, column: Looks) -> _Guess:
        guess = _Guess(column.name, [f"its words are dates, such as {_some(column.words)}"])
        if column.unread:
            guess.why.append(f"not read as dates, and refused: {_some(column.unread)}")
        if len(column.words) > 1 and all(re.fullmatch("[0-9]{4}-[0-9]{2}-01", word) for word in column.words):
            guess.why.append('all are the first of a month: if they are months, format = "%Y-%m-01" says so')
        if len(column.formats) == 1:
            guess.more["format"] = column.formats[0]
        elif column.formats:
            word = next((word for word in column.words if word), "")
            ways = " or ".join(f'format = "{form}"' for form in column.formats)
            guess.why.append(f'every date of it, such as "{shortened(word)}", could be two days')
            self._open[name] = [f"which of the two? put into {name}: {ways}"]
        return guess

    def _guess_nouns(self) -> None:
        for noun in ("deployment", "asset_type", "actor", "location"):
            found: list[tuple[tuple[bool, bool, float, int], Looks, Named]] = []
            for column in self._free():
                if column.dates or column.quantities or column.hints("region", "continent") or self._is_text(column):
                    continue
                named = names_of(self._db, noun, column.words)
                hinted = column.hints(*_HEADS[noun])
                if not hinted and (named.share < RESOLVED or noun in {"actor", "deployment"}):
                    continue
                found.append(((named.share >= RESOLVED, hinted, named.share, column.filled), column, named))
            if found:
                _, column, named = max(found, key=lambda one: one[0])
                guess = self._guesses[noun] = self._noun(noun, column, named)
                if others := [
                    other.name for _, other, names in found if other is not column and names.share >= RESOLVED
                ]:
                    guess.why.append(f"so could {_some(others)}")

    def _noun(self, noun: str, column: Looks, named: Named) -> _Guess:
        said = noun.replace("_", " ")
        guess = _Guess(
            column.name, [f"{named.share:.0%} of its words name a row of the catalogue or a country ({said})"]
        )
        if column.missing:
            guess.why.append(f"in {column.missing.total():,} rows it says nothing ({_some(list(column.missing), 2)})")
        if named.new:
            self._new.add(noun)
            guess.why.append("some of these countries are not in the catalogue yet")
        if named.unknown:
            guess.why.append(f"not known: {_some(named.unknown)}")
            self._open[noun] = [
                f"say in {noun} what they mean: lookup = {_inline({named.unknown[0]: '...'})}, or add them to create"
            ]
        return guess

    def _guess_quantities(self) -> None:
        figures = [column for column in self._free() if column.quantities and not column.labels]
        named = [
            column
            for column in figures
            if column.hints("count", "quantity", "number", "total", "strength", "figure", "amount")
        ]
        alone = figures if len(figures) == 1 else named if len(named) == 1 and len(figures) < 3 else []
        about = [guess.column for name, guess in self._guesses.items() if name in {"actor", "location", "asset_type"}]
        if alone:
            column = alone[0]
            guess = self._guesses["quantity"] = _Guess(
                column.name, [f"its words are quantities, such as {_some(column.words)}"]
            )
            if column.unread:
                guess.why.append(_refused(column))
            if is_running_total(*(steps := rises(self._frame, column.name, about))):
                guess.more["cumulative"] = True
                guess.why.append(_risen(steps))
            elif any(number < 0 for number in column.numbers):
                guess.more["signed"] = True
                guess.why.append("some are below zero, which takes back what was reported before")
            if column.dots:
                guess.more["thousands"] = "."
                guess.why.append("its dots part thousands, as it seems: without thousands, 1.500 is refused")
            return
        self._wide = figures
        if not figures:
            self._open["quantity"] = [
                'no column holds quantities; where each row is one item, say: quantity = 1, kind = "decrease", reason = "loss"',
            ]

    @staticmethod
    def _is_text(column: Looks) -> bool:
        return sum(map(len, column.words)) > 60 * len(column.words)

    # --- the text ------------------------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return the mapping."""
        lines = [*self._head(name), *self._whole(), "", "[claim]", *self._kind()]
        for place in ("actor", "location", "asset_type"):
            if "deployment" in self._guesses and place != "asset_type":
                continue
            if place not in self._guesses and not (self._wide and place == "asset_type"):
                asked = {"actor": "whose forces?", "location": "where?", "asset_type": "what is counted?"}[place]
                lines += [f'# ? {asked} {place} = "..." for all rows, or {place} = {{ column = "..." }}']
        for place, guess in sorted(self._guesses.items(), key=lambda item: _ORDER.index(item[0])):
            lines += ["# " + visible("; ".join(guess.why))]
            lines += [f"# ? {visible(line)}" for line in self._open.pop(place, [])]
            lines += [f"{place} = {_inline({'column': guess.column, **guess.more})}"]
        lines += [f"# ? {visible(line)}" for several in self._open.values() for line in several]
        lines += self._wide_lines()
        lines += self._unused()
        return "\n".join(lines) + "\n"

    def _head(self, name: str) -> list[str]:
        said = [f"A first mapping of {name}, from its first {self._frame.height:,} rows."]
        said.append('Every line says what it was guessed from; "# ?" marks what could not be, and is yours to say.')
        if self._table.delimiter:
            said.append(f"Its fields are parted by {self._table.delimiter!r}.")
        if self._refused:
            said.append(f"{len(self._refused):,} records among them cannot be rows; an import names each. The first:")
            said.append(f"line {self._refused[0].line}: {self._refused[0].reason}")
        nameless = sum(column.name.startswith("(column ") for column in self._columns)
        if 2 * nameless > len(self._columns) or (len(self._columns) == 1 and self._refused):
            said.append("Does a title stand above the names of its columns? They have to be in its first row.")
        return [f"# {visible(line)}" for line in (*said, *self._table.notes)]

    def _whole(self) -> list[str]:
        """Return what holds for all columns."""
        found: dict[str, str] = {}
        for column in self._columns:
            for word in column.missing:
                found.setdefault(word, column.name)
        lines = [""]
        more = [word for word in found if word not in MISSING]
        if more:
            where = ", ".join(f'"{shortened(word)}" in "{shortened(found[word])}"' for word in more[:_SHOWN])
            lines += [f"# found where a figure or name would stand: {where}", f"missing = {_value([*MISSING, *more])}"]
        none = [column.name for column in self._columns if any(word.casefold() == "none" for word in column.words)]
        if none:
            lines.append(
                f'# "none" stands in {_some(none)} and reads as zero; if it means "not reported", add it to missing'
            )
        if self._new:
            lines += [
                "# rows that are missing are made on the way",
                f"create = {_value([*sorted(self._new), 'deployment', 'asset'])}",
            ]
        else:
            lines.append('# create = ["deployment", "asset"]  # to have missing rows made on the way')
        return lines

    def _kind(self) -> list[str]:
        quantity = self._guesses.get("quantity")
        looks = next((column for column in self._columns if quantity and column.name == quantity.column), None)
        lost = any(column.hint & _LOSSES for column in self._columns)
        if quantity is not None and {"cumulative", "signed"} & quantity.more.keys():
            kind, why = (
                ("decrease", "of losses, by a name of a column") if lost else ("increase", "or decrease, for losses")
            )
            return [f'kind = "{kind}"  # {why}', *(['reason = "loss"'] if lost else [])]
        if lost and looks is not None and looks.hint & _LOSSES:
            return ['kind = "decrease"  # by the name of its column', 'reason = "loss"']
        return ['kind = "count"  # there were so many; or increase, decrease, status, announcement']

    def _wide_lines(self) -> list[str]:
        """Return the part on a wide table: a column for each service or class of equipment."""
        if not self._wide:
            return []
        about = [guess.column for name, guess in self._guesses.items() if name in {"actor", "location", "asset_type"}]
        meant = {column.name: self._type_of(column) for column in self._wide}
        services = [column for column in self._wide if _service(column)]
        noun = "actor" if len(services) * 2 > len(self._wide) else "asset_type"
        sure = noun == "asset_type" and any(meant.values())
        off = "" if sure else "# "
        lines = ["", f"# {len(self._wide)} columns hold quantities: each row makes a claim for each of them."]
        if not sure:
            lines.append(
                f"# ? say what each stands for (a code, {noun.replace('_', ' ')}), leave out totals of others, and take the # away"
            )
        lines += [f"{off}[wide]", f'{off}means = "{noun}"', f"{off}[wide.columns]"]
        for column in self._wide:
            why = f"{column.filled:,} figures, such as {_some(column.words, 2)}"
            steps = rises(self._frame, column.name, about)
            why += f"; {_risen(steps)}: quantity = {{ cumulative = true }}" if is_running_total(*steps) else ""
            why += f"; {_refused(column)}" if column.unread else ""
            why += "; below zero: quantity = { signed = true }" if any(each < 0 for each in column.numbers) else ""
            why += '; its dots part thousands: quantity = { thousands = "." }' if column.dots else ""
            code = (meant[column.name] if noun == "asset_type" else None) or "..."
            mark = off or ("# " if code == "..." else "")
            lines.append(f"{mark}{_value(column.name)} = {_value(code)}  # {visible(why)}")
        return lines

    def _type_of(self, column: Looks) -> str | None:
        """Return the code of the asset type that a column's name names: the whole of it, or its longest part."""
        if self._db is None:
            return None
        from posture.errors import AmbiguousCode
        from posture.store.lookup import find_code

        for word in (column.name, *sorted(column.hint, key=len, reverse=True)):
            for form in (word, word.removesuffix("s")):
                try:
                    row = find_code(self._db, "asset_type", form)
                except AmbiguousCode:
                    continue
                if row is not None:
                    return str(row["code"])
        return None

    def _unused(self) -> list[str]:
        taken = {guess.column for guess in self._guesses.values()} | {column.name for column in self._wide}
        rest = [column for column in self._columns if column.name not in taken]
        if not rest:
            return []
        lines = ["", "# Not used:"]
        for column in rest:
            what = f"such as {_some(column.words, 3)}" if column.words else "empty"
            lines.append(f"# {_value(shortened(column.name))}: {visible(what)}")
        return lines


def _service(column: Looks) -> bool:
    """True for a column that is named after a service."""
    from posture.domain.codes import fold

    name = f" {fold(column.name)} "
    return any(f" {word} " in name for word in _SERVICES)


def _refused(column: Looks) -> str:
    return f"not read as quantities, and refused: {_some(column.unread)}"


def _risen(steps: tuple[int, int, int]) -> str:
    up, same, down = steps
    return f"a running total: it rises {up:,} times, stays {same:,} times and falls {down:,} times"


def _some(words: Sequence[str], most: int = _SHOWN) -> str:
    shown = ", ".join(f'"{shortened(word, 40)}"' for word in words[:most])
    return shown + (f" and {len(words) - most:,} more" if len(words) > most else "")


def _value(value: Any) -> str:
    """Return a text, a list of texts, or yes or no as TOML; what would not be seen in a text is written out."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return '"' + "".join(map(_letter, str(value))) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter == visible(letter):
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def _inline(pairs: dict[str, Any]) -> str:
    keys = {key: key if re.fullmatch("[A-Za-z0-9_]+", key) else _value(key) for key in pairs}
    return "{ " + ", ".join(f"{keys[key]} = {_value(value)}" for key, value in pairs.items()) + " }"
