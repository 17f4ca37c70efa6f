-- Full-text search, down, for postgresql: frozen text, statements parted by a blank line.

DROP INDEX ix_source_search;

DROP INDEX ix_status_change_search;

DROP INDEX ix_event_search;

DROP INDEX ix_actor_search;

DROP INDEX ix_location_search;

DROP INDEX ix_asset_type_search;

DROP INDEX ix_deployment_search;

DROP INDEX ix_platform_search;

DROP INDEX ix_asset_search;

DROP FUNCTION posture_terms(text, text);
