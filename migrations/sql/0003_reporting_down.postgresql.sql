-- SQL reporting, down, for postgresql: frozen text, statements parted by a blank line.

DROP VIEW report_alias;

DROP VIEW report_asset;

DROP VIEW report_platform;

DROP VIEW report_containment;

DROP VIEW report_deployment;

DROP VIEW report_asset_type;

DROP VIEW report_location;

DROP VIEW report_actor;

DROP VIEW report_source;

DROP VIEW report_event_actor;

DROP VIEW report_event;

DROP VIEW report_entry;

DROP VIEW report_retraction;

DROP VIEW report_plan_link;

DROP VIEW report_evidence;

DROP VIEW report_claim;

DROP VIEW report_plan;

DROP VIEW report_posture;

DROP TABLE current_plan;

DROP TABLE current_posture;
