"""The views of the catalogue: events, sources, and who and what there is."""

from __future__ import annotations

from posture.store.view_columns import (
    LINES,
    REPEATS,
    Example,
    View,
    about_asset_type,
    about_deployment,
    about_line,
    about_source,
    day,
    flag,
    instant,
    integer,
    real,
    text,
)

REPORT_EVENT = View(
    "report_event",
    "One row per event: dated context such as a coup, a demand, talks, an agreement",
    (
        text("event_code", "ev.code", "Short name of the event"),
        text("kind", "ev.kind", "What kind of happening it is"),
        text("title", "ev.title", "What happened, in a few words"),
        text("effective_edtf", "ev.effective_edtf", "When it happened, in EDTF"),
        day("effective_from", "ev.effective_from", "Earliest start; NULL: open"),
        day("effective_by", "ev.effective_by", "Latest start; NULL: open"),
        day("effective_until", "ev.effective_until", "Latest end; NULL: not said"),
        day("effective_on", "ev.effective_on", "The day that orders it"),
        text("location_code", "lo.code", "Where it happened"),
        text("location_name", "lo.name", "Its name"),
        real("latitude", "lo.latitude", "Degrees north, WGS 84"),
        real("longitude", "lo.longitude", "Degrees east, WGS 84"),
        *about_source(),
        text("excerpt", "ev.excerpt", "The passage that says so"),
        text("locator", "ev.locator", "Where in the source: page, paragraph, minute"),
        text("note", "ev.note", "Remark of the analyst"),
        flag("is_retracted", "case when r.id is null then 0 else 1 end", "It was withdrawn from the record"),
        text("replacement_code", "rv.code", "The event that stands in its place"),
    ),
    "FROM event ev\nJOIN source s ON s.id = ev.source_id\nLEFT JOIN location lo ON lo.id = ev.location_id\n"
    "LEFT JOIN retraction r ON r.event_id = ev.id\nLEFT JOIN event rv ON rv.id = r.replacement_event_id",
    Example(
        "What happened, in order?",
        "SELECT effective_on, kind, title, source_code FROM report_event\n"
        "WHERE is_retracted = 0 ORDER BY effective_on, event_code",
    ),
    ("event_code",),
)

REPORT_EVENT_ACTOR = View(
    "report_event_actor",
    "One row per part that an actor had in an event",
    (
        text("event_code", "ev.code", "The event"),
        text("event_title", "ev.title", "What happened, in a few words"),
        day("effective_on", "ev.effective_on", "The day that orders it"),
        text("actor_code", "ac.code", "The actor"),
        text("actor_name", "ac.name", "Its name"),
        text("role", "x.role", "The part that it had"),
    ),
    "FROM event_actor x\nJOIN event ev ON ev.id = x.event_id\nJOIN actor ac ON ac.id = x.actor_id",
    Example(
        "Who took part in what?",
        "SELECT effective_on, event_title, actor_code, role FROM report_event_actor\n"
        "ORDER BY effective_on, event_code, actor_code, role",
    ),
    ("event_code", "actor_code", "role"),
)

REPORT_SOURCE = View(
    "report_source",
    "One row per source: a document or statement that claims rest on",
    (
        text("source_code", "s.code", "Short name of the source"),
        text("source_title", "s.title", "Title of the document or statement"),
        text("publisher", "s.publisher", "Who published it"),
        text("url", "s.url", "Where it was published"),
        day("published_on", "s.published_on", "Day of publication"),
        instant("published_at", "s.published_at", "Instant of publication, where known"),
        instant("retrieved_at", "s.retrieved_at", "Instant at which it was read"),
        text("language", "s.language", "Language tag"),
        text("attribution", "s.attribution", "Who or what stands behind it"),
        text("reliability", "s.reliability", "Admiralty reliability that its claims have by default"),
        text("text_kind", "s.text_kind", "What the stored text is: full, summary or none"),
        text("content_sha256", "s.content_sha256", "SHA-256 of the document itself"),
        text("repeats_code", "os.code", "The source whose words it repeats, as declared last"),
        text("repeats_title", "os.title", "Its title"),
        integer(
            "claims", "(select count(*) from status_change c where c.source_id = s.id)", "Claims ever recorded from it"
        ),
        integer(
            "claims_retracted",
            "(select count(*) from status_change c join retraction r on r.status_change_id = c.id where c.source_id = s.id)",
            "Of those, withdrawn",
        ),
        text("note", "s.note", "Remark of the analyst"),
    ),
    f"FROM source s\nLEFT JOIN source os ON os.id = {REPEATS}",
    Example(
        "Which sources carry most claims?",
        "SELECT source_code, publisher, reliability, claims, repeats_code FROM report_source\n"
        "ORDER BY claims DESC, source_code LIMIT 5",
    ),
    ("source_code",),
)

REPORT_ACTOR = View(
    "report_actor",
    "One row per actor: who has forces or takes part in events",
    (
        text("actor_code", "ac.code", "Short name of the actor"),
        text("actor_name", "ac.name", "Name in English"),
        text("kind", "ac.kind", "state, armed_force, government, organisation, alliance or non_state"),
        text("parent_code", "pa.code", "The actor that it is part of"),
        text("parent_name", "pa.name", "Its name"),
        text("iso_alpha3", "ac.iso_alpha3", "ISO 3166-1 alpha-3 code of a state"),
        text("note", "ac.note", "Remark of the analyst"),
    ),
    "FROM actor ac\nLEFT JOIN actor pa ON pa.id = ac.parent_id",
    Example(
        "Which actors are states?",
        "SELECT actor_code, actor_name FROM report_actor WHERE kind = 'state' ORDER BY actor_code",
    ),
    ("actor_code",),
)

REPORT_LOCATION = View(
    "report_location",
    "One row per location: where forces are",
    (
        text("location_code", "lo.code", "Short name of the location"),
        text("location_name", "lo.name", "Name in English"),
        text("kind", "lo.kind", "country, region, city, base, airfield, port or sea_area"),
        text("parent_code", "pa.code", "The location that it lies in"),
        text("parent_name", "pa.name", "Its name"),
        text("iso_alpha3", "lo.iso_alpha3", "ISO 3166-1 alpha-3 code of a country"),
        text("icao_code", "lo.icao_code", "ICAO code of an airfield"),
        real("latitude", "lo.latitude", "Degrees north, WGS 84"),
        real("longitude", "lo.longitude", "Degrees east, WGS 84"),
        text("precision", "lo.precision", "How exactly the coordinates are known: exact, vicinity, locality or area"),
        text("site_class", "lo.site_class", "Kind of foreign military site, where known"),
        text("note", "lo.note", "Remark of the analyst"),
    ),
    "FROM location lo\nLEFT JOIN location pa ON pa.id = lo.parent_id",
    Example(
        "What lies in Niger?",
        "SELECT location_code, location_name, kind, latitude, longitude FROM report_location\n"
        "WHERE parent_code = 'ner' ORDER BY location_code",
    ),
    ("location_code",),
)

REPORT_ASSET_TYPE = View(
    "report_asset_type",
    "One row per asset type: what a deployment can hold, one tree",
    (
        *about_asset_type(),
        text("parent_code", "pa.code", "The wider type that it is a kind of"),
        text("parent_name", "pa.name", "Its name"),
        text("icao_designator", "t.icao_designator", "ICAO aircraft type designator"),
        text("sidc", "t.sidc", "Symbol identification code of MIL-STD-2525 or APP-6"),
        text("note", "t.note", "Remark of the analyst"),
    ),
    "FROM asset_type t\nLEFT JOIN asset_type pa ON pa.id = t.parent_id",
    Example(
        "Which kinds of aircraft are there?",
        "SELECT asset_type_code, asset_type_name FROM report_asset_type WHERE parent_code = 'aircraft' ORDER BY asset_type_code",
    ),
    ("asset_type_code",),
)

REPORT_DEPLOYMENT = View(
    "report_deployment",
    "One row per deployment: forces of an actor at a location, under an optional operation",
    (
        *about_deployment(),
        text("operation", "d.operation", "Name of the operation that they serve"),
        text("mission", "d.mission", "What they are there for"),
        text("part_of_code", "wh.code", "The multinational deployment that it is part of"),
        text("part_of_name", "wh.name", "Its name"),
        integer("lines", "(select count(*) from asset a where a.deployment_id = d.id)", "Lines that it has"),
        text("note", "d.note", "Remark of the analyst"),
    ),
    "FROM deployment d\nJOIN actor ac ON ac.id = d.actor_id\nJOIN location lo ON lo.id = d.location_id\n"
    "LEFT JOIN deployment wh ON wh.id = d.part_of_id",
    Example(
        "Who is in Niger?",
        "SELECT deployment_code, actor_name, operation, lines FROM report_deployment\n"
        "WHERE location_code = 'ner' ORDER BY deployment_code",
    ),
    ("deployment_code",),
)

REPORT_CONTAINMENT = View(
    "report_containment",
    "One row per pair of deployments of which one contains the other; never add up the figures of both",
    (
        text("container_code", "w.code", "The wider deployment"),
        text("container_name", "w.name", "Its name"),
        text("part_code", "i.code", "The deployment that lies within it"),
        text("part_name", "i.name", "Its name"),
    ),
    "FROM containment n\nJOIN deployment w ON w.id = n.container_id\nJOIN deployment i ON i.id = n.part_id",
    Example(
        "What lies within the French forces in Niger?",
        "SELECT part_code, part_name FROM report_containment WHERE container_code = 'fra-ner' ORDER BY part_code",
    ),
    ("container_code", "part_code"),
)

REPORT_PLATFORM = View(
    "report_platform",
    "One row per platform: one machine, found again wherever it goes",
    (
        text("platform_code", "pl.code", "Short name of the machine"),
        text("platform_designation", "pl.designation", "Registration, tail or hull number"),
        *about_asset_type(),
        text("actor_code", "ac.code", "Whose it is"),
        text("actor_name", "ac.name", "Their name"),
        text("note", "pl.note", "Remark of the analyst"),
    ),
    "FROM platform pl\nJOIN asset_type t ON t.id = pl.asset_type_id\nLEFT JOIN actor ac ON ac.id = pl.actor_id",
    Example(
        "Which machines are known by number?",
        "SELECT platform_code, platform_designation, asset_type_code FROM report_platform ORDER BY platform_code",
    ),
    ("platform_code",),
)

REPORT_ASSET = View(
    "report_asset",
    "One row per line: an asset of a deployment, whether or not anything is known of it",
    (
        *about_line(),
        text("operation", "d.operation", "Name of the operation that the deployment serves"),
        text("platform_code", "pl.code", "The one machine that the line is, where it is one"),
        text("platform_designation", "pl.designation", "Its registration, tail or hull number"),
        text("note", "a.note", "Remark of the analyst"),
    ),
    f"{LINES}\nLEFT JOIN platform pl ON pl.id = a.platform_id",
    Example(
        "Which lines have the French forces in Niger?",
        "SELECT line, asset_type_code, asset_type_name FROM report_asset WHERE deployment_code = 'fra-ner' ORDER BY line",
    ),
    ("deployment_code", "asset_code"),
)

_NAMED = (
    ("actor", "ac"),
    ("location", "lo"),
    ("asset_type", "t"),
    ("source", "s"),
    ("deployment", "d"),
    ("platform", "pl"),
    ("event", "ev"),
)
_ALIAS_NOUN = " ".join(f"when n.{noun}_id is not null then '{noun}'" for noun, _ in _NAMED)
_ALIAS_CODE = ", ".join(f"{short}.code" for _, short in _NAMED)

REPORT_ALIAS = View(
    "report_alias",
    "One row per other name of one row of the catalogue",
    (
        text("noun", f"case {_ALIAS_NOUN} else 'asset' end", "What it names: actor, location, asset_type, source..."),
        text(
            "code",
            f"coalesce({_ALIAS_CODE}, ad.code || '/' || a.code)",
            "The code of what it names; a line's is deployment/asset",
        ),
        text("name", "n.name", "The other name, as written"),
        text("language", "n.language", "Language tag of the name"),
    ),
    "FROM alias n\n"
    + "\n".join(f"LEFT JOIN {noun} {short} ON {short}.id = n.{noun}_id" for noun, short in _NAMED)
    + "\nLEFT JOIN asset a ON a.id = n.asset_id\nLEFT JOIN deployment ad ON ad.id = a.deployment_id",
    Example(
        "What else are things called?",
        "SELECT noun, code, name, language FROM report_alias ORDER BY noun, code, name",
    ),
    ("noun", "code", "name"),
)
