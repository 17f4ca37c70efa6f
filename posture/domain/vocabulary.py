"""The closed vocabularies of the ledger, in the field's own words.

Open vocabularies (statuses, which users may extend later) are rows of the `status` table; `STATUSES` is what the first
migration puts there. Published codes keep their codes (the NATO Admiralty grades); all else is lower_snake text.
"""

from __future__ import annotations

from enum import StrEnum


class ActorKind(StrEnum):
    """What an actor is."""

    STATE = "state"
    ARMED_FORCE = "armed_force"
    GOVERNMENT = "government"
    ORGANISATION = "organisation"
    ALLIANCE = "alliance"
    NON_STATE = "non_state"


class LocationKind(StrEnum):
    """What a location is."""

    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    BASE = "base"
    AIRFIELD = "airfield"
    PORT = "port"
    SEA_AREA = "sea_area"


class Precision(StrEnum):
    """How exactly a location's coordinates are known."""

    EXACT = "exact"
    VICINITY = "vicinity"
    LOCALITY = "locality"
    AREA = "area"


class SiteClass(StrEnum):
    """The kind of foreign military site."""

    MAIN_OPERATING_BASE = "main_operating_base"
    FORWARD_OPERATING_SITE = "forward_operating_site"
    COOPERATIVE_SECURITY_LOCATION = "cooperative_security_location"


class Attribution(StrEnum):
    """Who or what stands behind a source."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    OFFICIAL = "official"
    IMAGERY = "imagery"
    DOCUMENT = "document"


class TextKind(StrEnum):
    """What the stored text of a source is."""

    FULL = "full"
    SUMMARY = "summary"
    NONE = "none"


class Kind(StrEnum):
    """What a claim claims."""

    COUNT = "count"
    INCREASE = "increase"
    DECREASE = "decrease"
    STATUS = "status"
    ANNOUNCEMENT = "announcement"


class Modality(StrEnum):
    """Whether it is so, or only said to come, wished, discussed or denied. Only `actual` changes posture."""

    ACTUAL = "actual"
    PLANNED = "planned"
    POSSIBLE = "possible"
    DEMANDED = "demanded"
    NEGOTIATING = "negotiating"
    DENIED = "denied"


PLAN_MODALITIES = frozenset({Modality.PLANNED, Modality.POSSIBLE, Modality.DEMANDED, Modality.NEGOTIATING})
"""The modalities that make a claim a plan."""


class CountingBasis(StrEnum):
    """What a figure counts; figures of different bases are never mixed."""

    PRESENT = "present"
    AUTHORISED = "authorised"
    ASSIGNED = "assigned"


class Reason(StrEnum):
    """Why a quantity changed."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    REDEPLOYMENT = "redeployment"
    ROTATION = "rotation"
    DELIVERY = "delivery"
    RETURN = "return"
    REINFORCEMENT = "reinforcement"
    WITHDRAWAL = "withdrawal"
    LOSS = "loss"
    CAPTURE = "capture"
    TRANSFER = "transfer"
    RETIREMENT = "retirement"
    OTHER = "other"


class Relation(StrEnum):
    """What a claim does to a plan."""

    FULFILS = "fulfils"
    PARTLY_FULFILS = "partly_fulfils"
    CANCELS = "cancels"
    SUPERSEDES = "supersedes"


class PlanState(StrEnum):
    """What has become of a plan, as of a date."""

    OPEN = "open"
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    OVERDUE = "overdue"


class EventKind(StrEnum):
    """What kind of dated context an event is."""

    COUP = "coup"
    STATEMENT = "statement"
    DEMAND = "demand"
    REFUSAL = "refusal"
    TALKS = "talks"
    AGREEMENT = "agreement"
    COOPERATION = "cooperation"
    ATTACK = "attack"
    EXERCISE = "exercise"
    ORDER = "order"
    HANDOVER = "handover"
    ELECTION = "election"
    SANCTION = "sanction"
    OTHER = "other"


class EventRole(StrEnum):
    """The part an actor has in an event."""

    AGENT = "agent"
    TARGET = "target"
    PARTICIPANT = "participant"
    HOST = "host"
    MEDIATOR = "mediator"


class Axis(StrEnum):
    """The independent dimensions of status; one never overwrites another."""

    PHASE = "phase"
    PRESENCE = "presence"
    ACTIVITY = "activity"
    CONDITION = "condition"
    LIFECYCLE = "lifecycle"


STATUSES: tuple[tuple[str, Axis, str], ...] = (
    ("planned", Axis.PHASE, "Planned"),
    ("building_up", Axis.PHASE, "Building up"),
    ("active", Axis.PHASE, "Active"),
    ("under_review", Axis.PHASE, "Under review"),
    ("drawing_down", Axis.PHASE, "Drawing down"),
    ("withdrawn", Axis.PHASE, "Withdrawn"),
    ("present", Axis.PRESENCE, "Present"),
    ("in_transit", Axis.PRESENCE, "In transit"),
    ("departed", Axis.PRESENCE, "Departed"),
    ("operating", Axis.ACTIVITY, "Operating"),
    ("grounded", Axis.ACTIVITY, "Grounded"),
    ("stored", Axis.ACTIVITY, "Stored"),
    ("fmc", Axis.CONDITION, "Fully mission capable"),
    ("pmc", Axis.CONDITION, "Partially mission capable"),
    ("nmc", Axis.CONDITION, "Not mission capable"),
    ("in_service", Axis.LIFECYCLE, "In service"),
    ("decommissioned", Axis.LIFECYCLE, "Decommissioned"),
    ("lost", Axis.LIFECYCLE, "Lost"),
    ("captured", Axis.LIFECYCLE, "Captured"),
    ("transferred", Axis.LIFECYCLE, "Transferred"),
)
"""Code, axis and name of every status that the first migration records."""

ENDS_A_PLATFORM = frozenset({"lost", "captured", "transferred", "decommissioned"})
"""Lifecycle statuses after which a platform is nowhere."""

ASSET_TYPES: tuple[tuple[str, str | None, str], ...] = (
    ("personnel", None, "Personnel"),
    ("aircraft", None, "Aircraft"),
    ("drone", "aircraft", "Drone"),
    ("helicopter", "aircraft", "Helicopter"),
    ("jet", "aircraft", "Jet (fighter)"),
    ("reconnaissance-aircraft", "aircraft", "Reconnaissance aircraft"),
    ("transport-aircraft", "aircraft", "Transport aircraft"),
    ("tanker-aircraft", "aircraft", "Tanker aircraft"),
    ("bomber", "aircraft", "Bomber"),
    ("ground", None, "Ground equipment"),
    ("tank", "ground", "Tank"),
    ("armoured-vehicle", "ground", "Armoured vehicle"),
    ("artillery", "ground", "Artillery"),
    ("air-defence", "ground", "Air defence"),
    ("vehicle", "ground", "Vehicle"),
    ("naval", None, "Naval"),
    ("aircraft-carrier", "naval", "Aircraft carrier"),
    ("surface-combatant", "naval", "Surface combatant"),
    ("amphibious-ship", "naval", "Amphibious ship"),
    ("submarine", "naval", "Submarine"),
    ("auxiliary", "naval", "Auxiliary"),
)
"""Code, parent and name of the top of the asset type tree, present in every new database."""
