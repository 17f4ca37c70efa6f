-- Full-text search, up, for postgresql: frozen text, statements parted by a blank line.

CREATE FUNCTION posture_terms(title text, body text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    letters CONSTANT text := 'àáâãäåāăąçćĉċčďèéêëēĕėęěĝğġģĥìíîïĩīĭįĵķĺļľñńņňòóôõöōŏőŕŗřśŝşšșţťțùúûüũūŭůűųŵýÿŷźżž';
    plain CONSTANT text := 'aaaaaaaaacccccdeeeeeeeeegggghiiiiiiiijklllnnnnoooooooorrrssssstttuuuuuuuuuuwyyyzzz';
    words text[] := ARRAY(SELECT regexp_replace(translate(lower(left(coalesce(part, ''), 500000)), letters, plain),
        '[^[:alnum:]]+', ' ', 'g') FROM unnest(ARRAY[title, body]) WITH ORDINALITY AS parts(part, place) ORDER BY place);
BEGIN
    RETURN setweight(to_tsvector('simple', words[1]), 'A') || setweight(to_tsvector('simple', words[2]), 'D');
END
$$;

CREATE INDEX ix_source_search ON source USING gin (posture_terms(source.title, coalesce(source.publisher, '') || ' ' || coalesce(source.text, '') || ' ' || coalesce(source.note, '')));

CREATE INDEX ix_status_change_search ON status_change USING gin (posture_terms('', coalesce(status_change.excerpt, '') || ' ' || coalesce(status_change.note, ''))) WHERE status_change.excerpt IS NOT NULL OR status_change.note IS NOT NULL;

CREATE INDEX ix_event_search ON event USING gin (posture_terms(event.title, coalesce(event.excerpt, '') || ' ' || coalesce(event.note, '')));

CREATE INDEX ix_actor_search ON actor USING gin (posture_terms(actor.name, coalesce(actor.note, ''))) WHERE actor.note IS NOT NULL;

CREATE INDEX ix_location_search ON location USING gin (posture_terms(location.name, coalesce(location.note, ''))) WHERE location.note IS NOT NULL;

CREATE INDEX ix_asset_type_search ON asset_type USING gin (posture_terms(asset_type.name, coalesce(asset_type.note, ''))) WHERE asset_type.note IS NOT NULL;

CREATE INDEX ix_deployment_search ON deployment USING gin (posture_terms(deployment.name, coalesce(deployment.mission, '') || ' ' || coalesce(deployment.note, ''))) WHERE deployment.mission IS NOT NULL OR deployment.note IS NOT NULL;

CREATE INDEX ix_platform_search ON platform USING gin (posture_terms(platform.designation, coalesce(platform.note, ''))) WHERE platform.note IS NOT NULL;

CREATE INDEX ix_asset_search ON asset USING gin (posture_terms('', coalesce(asset.note, ''))) WHERE asset.note IS NOT NULL;
