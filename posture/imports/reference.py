"""Countries and airfields from well-kept packages: what `posture location add drrn` fills in by itself.

Countries come from `pycountry` (ISO 3166-1, with the French names of its own translations), airfields from
`airportsdata` (ICAO codes). Nothing of theirs is copied here; the one table below holds what people call countries where
ISO does not. Both packages are imported when first asked: they take about as long as a whole command.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from posture.domain.codes import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON_NAMES: dict[str, tuple[str, ...]] = {
    "ARE": ("UAE", "Emirates", "Émirats"),
    "BIH": ("Bosnia", "Bosnie"),
    "CAF": ("CAR", "RCA", "Centrafrique"),
    "CIV": ("Ivory Coast",),
    "COD": ("DRC", "DR Congo", "RDC", "Congo-Kinshasa", "Democratic Republic of Congo"),
    "COG": ("Congo-Brazzaville", "Republic of Congo"),
    "CPV": ("Cape Verde",),
    "FLK": ("Falklands", "Falkland Islands", "Malouines"),
    "FSM": ("Micronesia", "Micronésie"),
    "GBR": ("UK", "Britain", "Great Britain", "Grande-Bretagne"),
    "KOR": ("ROK",),
    "MKD": ("Macedonia", "Macédoine"),
    "MMR": ("Burma",),
    "NLD": ("Holland",),
    "PRK": ("DPRK",),
    "PSE": ("Palestine", "Palestinian Territories"),
    "RUS": ("Russia", "Russie"),
    "SAU": ("KSA",),
    "SWZ": ("Swaziland",),
    "TLS": ("East Timor",),
    "TUR": ("Turkey",),
    "USA": ("America",),
    "VAT": ("Vatican", "Vatican City", "Holy See"),
    "XKX": ("Kosovo",),
}
"""What people call countries and ISO's names (English and French) do not, by alpha-3 code."""

SHARED_NAMES: dict[str, tuple[str, ...]] = {
    "congo": ("COD", "COG"),
    "coree": ("KOR", "PRK"),
    "korea": ("KOR", "PRK"),
    "saint martin": ("MAF", "SXM"),
    "virgin islands": ("VGB", "VIR"),
}
"""Folded names that more than one country goes by, even where ISO gives the name to one: whoever writes them must choose.

`Guinea`, `Dominica`, `Niger` and `Sudan` are whole names of one country each, and mean that country only.
"""

WITHOUT_ISO_CODE = {"XKX": ("XK", "Kosovo")}
"""Places that matter here and have no code in ISO 3166-1, under the code that others use for them."""

_SAINT = re.compile(r"\bSt\b\.? *(?=\w)", re.IGNORECASE)
"""How tables write `Saint Lucia`; the code `ST` stands alone."""


def country(word: str) -> dict[str, Any] | None:
    """Return the location fields of the one country that `word` names, or None.

    `word` is an ISO code of two or three letters, or a name in English or French, whatever its case and accents. A name
    that several countries go by (`Congo`, `Korea`) is none of them; :func:`country_candidates` lists them.
    """
    found = _exact(word)
    if len(found) != 1:
        return None
    code = found[0]
    return {"code": code.lower(), "name": _shown_name(code), "kind": "country", "iso_alpha3": code}


def state(word: str) -> dict[str, Any] | None:
    """Return the actor fields of the state that `word` names, as :func:`country` finds it, or None."""
    fields = country(word)
    return fields and {**fields, "kind": "state"}


def country_candidates(word: str) -> list[str]:
    """Return the codes that `word` could mean, for a did-you-mean: `Congo` gives `cod` and `cog`.

    Those it names exactly first, then those that it is a whole word of (`Guinea`), then those spelled nearly so.
    """
    folded = fold(word)
    if not folded:
        return []
    found = list(_exact(word))
    found += [code for name, codes in _by_name().items() if f" {folded} " in f" {name} " for code in sorted(codes)]
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(folded, _by_name(), n=4, cutoff=0.8)
        found = [code for name in near for code in sorted(_by_name()[name])]
    return [code.lower() for code in dict.fromkeys(found)]


def airfield(icao: str) -> dict[str, Any] | None:
    """Return the location fields of the airfield with this ICAO code (`drrn`), or None.

    `parent` is the code of its country. The coordinates are those of the aerodrome reference point, a surveyed point on
    the airfield: `exact`, or `vicinity` where the package gives them to a hundredth of a degree (1 km) or less.
    """
    code = icao.strip().upper()
    if len(code) != 4 or not (code.isascii() and code.isalpha()):
        return None
    found = _airfields().get(code)
    if found is None:
        return None
    within = country(found["country"])
    fine = any(round(found[axis], 2) != found[axis] for axis in ("lat", "lon"))
    return {
        "code": code.lower(),
        "name": _named_with_city(found["name"], found["city"]),
        "kind": "airfield",
        "parent": within["code"] if within else None,
        "icao_code": code,
        "latitude": found["lat"],
        "longitude": found["lon"],
        "precision": "exact" if fine else "vicinity",
    }


@cache
def _airfields() -> dict[str, Any]:
    import airportsdata

    return dict(airportsdata.load("ICAO"))


def _named_with_city(name: str, city: str) -> str:
    """Return an airfield's name, with its city where the name does not say it."""
    return name if not city or fold(city) in fold(name) else f"{name}, {city}"


def _exact(word: str) -> tuple[str, ...]:
    """Return the alpha-3 codes of the countries that go by exactly this code or name."""
    folded = fold(_SAINT.sub("Saint ", word.replace("&", " and "))).removeprefix("the ")
    if folded in SHARED_NAMES:
        return SHARED_NAMES[folded]
    code = _by_code().get(folded.upper())
    return (code,) if code else tuple(sorted(_by_name().get(folded, ())))


@cache
def _by_code() -> dict[str, str]:
    """Return the alpha-3 code behind every code of two or three letters."""
    import pycountry

    pairs = [(each.alpha_2, each.alpha_3) for each in pycountry.countries]
    pairs += [(alpha2, alpha3) for alpha3, (alpha2, _) in WITHOUT_ISO_CODE.items()]
    return {code: pair[1] for pair in pairs for code in pair}


@cache
def _by_name() -> dict[str, set[str]]:
    """Return the codes behind every folded name."""
    names: dict[str, set[str]] = {}
    common = ((code, name) for code, several in COMMON_NAMES.items() for name in several)
    for code, name in (*_iter_iso_names(), *common):
        for form in _forms(name):
            names.setdefault(fold(form), set()).add(code)
    return names


def _iter_iso_names() -> Iterator[tuple[str, str]]:
    """Yield code and name of every country, as ISO has them in English and the package in French."""
    import gettext

    import pycountry

    french = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"])
    for each in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            name = getattr(each, field, None)
            if name:
                yield each.alpha_3, name
                yield each.alpha_3, french.gettext(name)


def _forms(name: str) -> Iterator[str]:
    """Yield a name as it is, and turned the way it is spoken: `Korea, Republic of` is the Republic of Korea."""
    yield name
    spoken = _spoken(name)
    yield spoken
    yield spoken.removeprefix("The ").removeprefix("the ")


def _spoken(name: str) -> str:
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma and not first.startswith("Sint") else name


def _shown_name(code: str) -> str:
    """Return the name to show: the common one, else ISO's, else the official one where others go by ISO's too."""
    if code in WITHOUT_ISO_CODE:
        return WITHOUT_ISO_CODE[code][1]
    import pycountry

    found: Any = pycountry.countries.get(alpha_3=code)
    name = str(getattr(found, "common_name", None) or _spoken(found.name))
    return found.official_name if fold(name) in SHARED_NAMES else name.removeprefix("The ")
