-- Full-text search, down, for sqlite: frozen text, statements parted by a blank line.

DROP TABLE passage_index;

DROP VIEW passage;
