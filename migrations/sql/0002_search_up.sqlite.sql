-- Full-text search, up, for sqlite: frozen text, statements parted by a blank line.

CREATE VIEW passage AS
    SELECT t.id * 16 + 1 AS id, t.title AS title, coalesce(t.publisher, '') || ' ' || coalesce(t.text, '') || ' ' || coalesce(t.note, '') AS body
    FROM source t
    UNION ALL SELECT t.id * 16 + 2 AS id, '' AS title, coalesce(t.excerpt, '') || ' ' || coalesce(t.note, '') AS body
    FROM status_change t WHERE t.excerpt IS NOT NULL OR t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 3 AS id, t.title AS title, coalesce(t.excerpt, '') || ' ' || coalesce(t.note, '') AS body
    FROM event t
    UNION ALL SELECT t.id * 16 + 4 AS id, t.name AS title, coalesce(t.note, '') AS body
    FROM actor t WHERE t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 5 AS id, t.name AS title, coalesce(t.note, '') AS body
    FROM location t WHERE t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 6 AS id, t.name AS title, coalesce(t.note, '') AS body
    FROM asset_type t WHERE t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 7 AS id, t.name AS title, coalesce(t.mission, '') || ' ' || coalesce(t.note, '') AS body
    FROM deployment t WHERE t.mission IS NOT NULL OR t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 8 AS id, t.designation AS title, coalesce(t.note, '') AS body
    FROM platform t WHERE t.note IS NOT NULL
    UNION ALL SELECT t.id * 16 + 9 AS id, '' AS title, coalesce(t.note, '') AS body
    FROM asset t WHERE t.note IS NOT NULL;

CREATE VIRTUAL TABLE passage_index USING fts5(title, body, tokenize='unicode61 remove_diacritics 2');

INSERT INTO passage_index (rowid, title, body) SELECT id, title, body FROM passage;
