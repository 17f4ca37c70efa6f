"""The views of the record: what the rules give now, claims, what they rest on, and what became of them."""

from __future__ import annotations

from posture.store.view_columns import (
    LINES,
    REPEATS,
    Example,
    View,
    about_claim,
    about_line,
    about_source,
    day,
    flag,
    instant,
    integer,
    real,
    text,
)

_CLAIM = """FROM status_change c
JOIN ledger_entry e ON e.seq = c.seq
JOIN deployment d ON d.id = c.deployment_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
JOIN source s ON s.id = c.source_id
LEFT JOIN asset a ON a.id = c.asset_id
LEFT JOIN asset_type t ON t.id = a.asset_type_id
LEFT JOIN status st ON st.id = c.status_id
LEFT JOIN retraction r ON r.status_change_id = c.id"""
_CURRENT = (
    day("as_of", "p.as_of", "The day of the world for which the rules were last applied to this row"),
    integer("known_seq", "p.known_seq", "The last ledger entry that was known then; 0: the rules were not applied yet"),
    flag(
        "is_current",
        "case when p.known_seq >= p.touched_seq then 1 else 0 end",
        'No later entry has touched it; where 0, run "posture db refresh" before using the figures',
    ),
)

REPORT_POSTURE = View(
    "report_posture",
    "One row per line (asset of a deployment) of which anything is known: its current posture, counting basis present,"
    " by the reading rules, as of the day in as_of",
    (
        *about_line(),
        text("platform_code", "pl.code", "The one machine that the line is, where it is one"),
        text("platform_designation", "pl.designation", "Its registration, tail or hull number"),
        integer("low", "p.low", "At least so many, after all lines agree"),
        integer("best", "p.best", "Most likely so many; NULL: not known"),
        integer("high", "p.high", "At most so many; NULL: not known"),
        integer("stated_low", "p.stated_low", "At least so many, by what was stated about this line alone"),
        integer("stated_best", "p.stated_best", "Most likely so many, by what was stated; NULL: not known"),
        integer("stated_high", "p.stated_high", "At most so many, by what was stated; NULL: not known"),
        text("quantity_text", "p.quantity_text", "The quantity of the deciding count in the words used"),
        text("phase", "p.phase", "Phase of the deployment: active, drawing_down, withdrawn..."),
        text("presence", "p.presence", "present, in_transit or departed"),
        text(
            "activity",
            "p.activity",
            "operating, grounded or stored; several, parted by blanks, where each is of a part",
        ),
        text("condition", "p.condition", "fmc, pmc or nmc; several, parted by blanks, where each is of a part"),
        text("lifecycle", "p.lifecycle", "in_service, decommissioned, lost, captured or transferred"),
        text(
            "status",
            "p.status",
            "All statuses with how many they are of, as JSON: axis to a list of code, low, best, high",
        ),
        day("since", "p.since", "The day that the deciding claim is about"),
        *about_source(),
        text("grade", "p.grade", "Admiralty grade of the deciding claim"),
        integer("origins", "p.origins", "Distinct origins that support the figure"),
        text("flags", "p.flags", "What a reader must know: contested, stale, maybe_same..., parted by blanks"),
        integer("claim_id", "p.base_id", "The count that the figure starts from; NULL: there is none"),
        *_CURRENT,
    ),
    f"FROM current_posture p\n{LINES.replace('FROM asset a', 'JOIN asset a ON a.id = p.asset_id')}\n"
    "LEFT JOIN platform pl ON pl.id = a.platform_id\n"
    "LEFT JOIN source s ON s.id = p.source_id\n"
    "WHERE p.is_known OR p.known_seq < p.touched_seq",
    Example(
        "What does France have, and who says so?",
        "SELECT line, low, best, high, flags, source_code, as_of, known_seq\n"
        "FROM report_posture WHERE actor_code = 'fra' ORDER BY line",
    ),
    ("deployment_code", "asset_code"),
)

REPORT_PLAN = View(
    "report_plan",
    "One row per plan that stands (a claim that is planned, possible, demanded or negotiating, and not retracted): its"
    " state by the reading rules, as of the day in as_of",
    (
        integer("plan_id", "c.id", "Number of the claim"),
        *about_claim(),
        text("modality", "c.modality", "planned, possible, demanded or negotiating"),
        text("kind", "c.kind", "count, increase, decrease, status or announcement"),
        text("status_code", "st.code", "The status that is planned, for kind status"),
        text("quantity_text", "c.quantity_text", "How many, in the words used"),
        integer("low", "p.low", "At least so many; a share is of what is there"),
        integer("high", "p.high", "At most so many; NULL: not known"),
        text("counting_basis", "c.counting_basis", "What the figure counts: present, authorised or assigned"),
        day("stated_on", "c.stated_on", "The day it was said"),
        text("effective_edtf", "c.effective_edtf", "When it is to be, in EDTF"),
        day("effective_from", "c.effective_from", "Earliest start; NULL: open"),
        day("effective_by", "c.effective_by", "Latest start; NULL: open"),
        day("effective_until", "c.effective_until", "Latest end; NULL: not said"),
        day("due_on", "coalesce(c.effective_until, c.effective_by)", "The day after which it is overdue; NULL: none"),
        text(
            "state",
            "p.state",
            "open, partly_fulfilled, fulfilled, cancelled, superseded or overdue; NULL: not computed yet",
        ),
        integer("overdue_days", "p.overdue_days", "Days past its latest date, where it is overdue"),
        text("outcomes", "p.outcomes", "The claims that settle it, as JSON: a list of relation and claim"),
        integer(
            "told_by_id",
            "p.speaker_id",
            "The claim that speaks for the plan, where several are one; else its own number",
        ),
        *about_source(),
        text("grade", "c.reliability || c.credibility", "Admiralty grade of the claim"),
        text("excerpt", "c.excerpt", "The passage that says so"),
        *_CURRENT,
    ),
    f"FROM current_plan p\n{_CLAIM.replace('FROM status_change c', 'JOIN status_change c ON c.id = p.plan_id')}\n"
    # What every plan is anyway, said so that the index of plans can be used.
    "WHERE c.modality IN ('planned', 'possible', 'demanded', 'negotiating')",
    Example(
        "What has become of the plans for Niger, each told once?",
        "SELECT plan_id, line, modality, kind, quantity_text, due_on, state, outcomes FROM report_plan\n"
        "WHERE location_code = 'ner' AND plan_id = told_by_id AND state IS NOT NULL ORDER BY stated_on, plan_id",
    ),
    ("plan_id",),
)

REPORT_CLAIM = View(
    "report_claim",
    "One row per claim ever recorded, retracted ones too (is_retracted)",
    (
        integer("claim_id", "c.id", "Number of the claim"),
        integer("seq", "c.seq", "The ledger entry that recorded it"),
        integer("ordinal", "c.ordinal", "Its place among the claims of the entry"),
        instant("recorded_at", "e.recorded_at", "When this database learned it"),
        *about_claim(),
        text("kind", "c.kind", "count, increase, decrease, status or announcement"),
        text("modality", "c.modality", "actual, planned, possible, demanded, negotiating or denied"),
        text("status_code", "st.code", "The status it claims, for kind status"),
        text("status_name", "st.name", "The status in words"),
        text("status_axis", "st.axis", "The dimension of the status"),
        text("quantity_text", "c.quantity_text", "The quantity in the words used"),
        text("quantity_form", "c.quantity_form", "number, share, unknown or withheld; NULL: there is none"),
        integer("low", "c.quantity_low", "At least so many; NULL: not known"),
        integer("best", "c.quantity_best", "Most likely so many; NULL: not known"),
        integer("high", "c.quantity_high", "At most so many; NULL: not known"),
        real("share_low", "c.share_low", "At least this part of what was there"),
        real("share_high", "c.share_high", "At most this part of what was there"),
        text("counting_basis", "c.counting_basis", "What the figure counts: present, authorised or assigned"),
        flag("is_complete", "c.complete", "The source says that the parts it lists are all"),
        text("reason", "c.reason", "Why the quantity changed"),
        day("stated_on", "c.stated_on", "The day it was said"),
        text("effective_edtf", "c.effective_edtf", "When it was so, in EDTF"),
        day("effective_from", "c.effective_from", "Earliest start; NULL: open"),
        day("effective_by", "c.effective_by", "Latest start; NULL: open"),
        day("effective_until", "c.effective_until", "Latest end of a happening, or the stated end of a state"),
        day("effective_on", "c.effective_on", "The day that orders claims"),
        instant("effective_at", "c.effective_at", "The instant, where the time of day is known"),
        *about_source(),
        text("reliability", "c.reliability", "Admiralty reliability of the source for this claim, A to F"),
        text("credibility", "c.credibility", "Admiralty credibility of the claim, 1 to 6"),
        text("grade", "c.reliability || c.credibility", "Both: B2"),
        flag("is_admissible", "c.admissible", "Reliability A, B, C or F and credibility 1, 2, 3 or 6"),
        flag("is_own_words", "c.own_words", "Not a repeat of another source"),
        text("transfer_id", "c.transfer_id", "Joins the two sides of a move"),
        text("other_deployment_code", "od.code", "The other side of a move"),
        integer("same_as_id", "c.same_as_id", "The claim that reports the same happening"),
        integer("after_id", "c.after_id", "The claim after which this happened, though on its day"),
        integer("restates_id", "c.restates_id", "The retracted claim that this one records again"),
        text("note", "c.note", "Remark of the analyst"),
        flag("is_retracted", "case when r.id is null then 0 else 1 end", "It was withdrawn from the record"),
        integer("retracted_seq", "r.seq", "The entry that withdrew it"),
        integer("replacement_id", "r.replacement_id", "The claim that stands in its place"),
    ),
    f"{_CLAIM}\nLEFT JOIN deployment od ON od.id = c.other_deployment_id",
    Example(
        "How many claims of each kind stand?",
        "SELECT modality, kind, count(*) AS claims FROM report_claim\n"
        "WHERE is_retracted = 0 GROUP BY modality, kind ORDER BY modality, kind",
    ),
    ("claim_id",),
)

REPORT_EVIDENCE = View(
    "report_evidence",
    "One row per claim ever recorded: what it rests on, and whether it still stands",
    (
        integer("claim_id", "c.id", "Number of the claim"),
        *about_claim(),
        text("kind", "c.kind", "count, increase, decrease, status or announcement"),
        text("modality", "c.modality", "actual, planned, possible, demanded, negotiating or denied"),
        text("quantity_text", "c.quantity_text", "The quantity in the words used"),
        day("effective_on", "c.effective_on", "The day that orders claims"),
        *about_source(),
        text("publisher", "s.publisher", "Who published it"),
        text("url", "s.url", "Where it was published"),
        day("published_on", "s.published_on", "Day of publication"),
        text("language", "s.language", "Language tag"),
        text("attribution", "s.attribution", "Who or what stands behind it"),
        text("repeats_code", "os.code", "The source whose words it repeats, as declared last"),
        text("repeats_title", "os.title", "Its title"),
        text("excerpt", "c.excerpt", "The passage that says so"),
        integer("excerpt_start", "c.excerpt_start", "Offset of the passage in the stored text, from 0"),
        integer("excerpt_end", "c.excerpt_end", "Offset just after the passage"),
        text("locator", "c.locator", "Where in the source: page, paragraph, minute"),
        text("grade", "c.reliability || c.credibility", "Admiralty grade of the claim"),
        flag("is_retracted", "case when r.id is null then 0 else 1 end", "It was withdrawn from the record"),
        integer("retracted_seq", "r.seq", "The entry that withdrew it"),
        instant("retracted_at", "re.recorded_at", "When it was withdrawn"),
        text("retraction_reason", "r.reason", "Why it was withdrawn"),
        integer("replacement_id", "r.replacement_id", "The claim that stands in its place"),
    ),
    f"{_CLAIM}\nLEFT JOIN ledger_entry re ON re.seq = r.seq\nLEFT JOIN source os ON os.id = {REPEATS}",
    Example(
        "Which passages speak of the drones in Niger?",
        "SELECT claim_id, quantity_text, effective_on, grade, publisher, excerpt FROM report_evidence\n"
        "WHERE line = 'fra-ner/drones' AND is_retracted = 0 ORDER BY effective_on, claim_id",
    ),
    ("claim_id",),
)

REPORT_PLAN_LINK = View(
    "report_plan_link",
    "One row per statement of what a claim did to a plan, as recorded; report_plan has the state that follows",
    (
        integer("plan_id", "k.plan_id", "The plan"),
        integer("claim_id", "k.claim_id", "The claim that decides its outcome"),
        text("relation", "k.relation", "fulfils, partly_fulfils, cancels or supersedes"),
        integer("seq", "k.seq", "The ledger entry that recorded it"),
        integer("ordinal", "k.ordinal", "Its place among the links of the entry"),
        instant("recorded_at", "e.recorded_at", "When this database learned it"),
        flag(
            "is_plan_retracted",
            "case when exists (select 1 from retraction r where r.status_change_id = k.plan_id) then 1 else 0 end",
            "The plan was withdrawn from the record",
        ),
        flag(
            "is_claim_retracted",
            "case when exists (select 1 from retraction r where r.status_change_id = k.claim_id) then 1 else 0 end",
            "The claim was withdrawn from the record",
        ),
    ),
    "FROM plan_link k\nJOIN ledger_entry e ON e.seq = k.seq",
    Example(
        "What became of which plan?",
        "SELECT plan_id, relation, claim_id, seq FROM report_plan_link ORDER BY seq, ordinal",
    ),
    ("seq", "ordinal"),
)

REPORT_RETRACTION = View(
    "report_retraction",
    "One row per claim or event that was withdrawn from the record",
    (
        integer("seq", "r.seq", "The ledger entry that withdrew it"),
        integer("ordinal", "r.ordinal", "Its place among the retractions of the entry"),
        instant("recorded_at", "e.recorded_at", "When it was withdrawn"),
        text("recorded_by", "e.recorded_by", "Who withdrew it"),
        integer("claim_id", "r.status_change_id", "The claim that was withdrawn"),
        text("event_code", "ev.code", "The event that was withdrawn"),
        text("reason", "r.reason", "Why"),
        integer("replacement_id", "r.replacement_id", "The claim that stands in its place"),
        text("replacement_event_code", "rv.code", "The event that stands in its place"),
    ),
    "FROM retraction r\nJOIN ledger_entry e ON e.seq = r.seq\nLEFT JOIN event ev ON ev.id = r.event_id\n"
    "LEFT JOIN event rv ON rv.id = r.replacement_event_id",
    Example(
        "What was withdrawn, and what stands in its place?",
        "SELECT seq, claim_id, replacement_id, reason FROM report_retraction ORDER BY seq, ordinal",
    ),
    ("seq", "ordinal"),
)

REPORT_ENTRY = View(
    "report_entry",
    "One row per ledger entry: one command that changed something",
    (
        integer("seq", "e.seq", "1, 2, 3... without a gap, in order of commit"),
        instant("recorded_at", "e.recorded_at", "When this database learned it"),
        text("recorded_by", "e.recorded_by", "Who recorded it"),
        text("action", "e.action", "The command: log, correct, retract, undo, replay..."),
        text("reason", "e.reason", "Why, in the words of who recorded it"),
        integer("claims", "(select count(*) from status_change c where c.seq = e.seq)", "Claims that it recorded"),
        integer(
            "retractions",
            "(select count(*) from retraction r where r.seq = e.seq)",
            "Claims and events that it withdrew",
        ),
        integer(
            "catalogue_changes",
            "(select count(*) from catalogue_revision v where v.seq = e.seq)",
            "Rows of the catalogue that it touched",
        ),
        text("txid", "e.txid", "Unique, from the client"),
        text("tool_version", "e.tool_version", "Version of the program that wrote it"),
        text("entry_hash", "e.entry_hash", "SHA-256: the link of the chain"),
    ),
    "FROM ledger_entry e",
    Example(
        "What was recorded in October 2023?",
        "SELECT seq, recorded_at, action, claims, retractions FROM report_entry\n"
        "WHERE recorded_at >= '2023-10' AND recorded_at < '2023-11' ORDER BY seq",
    ),
    ("seq",),
)
