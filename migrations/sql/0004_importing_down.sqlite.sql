-- The state of imports, down, for sqlite: frozen text, statements parted by a blank line.

DROP TABLE import_row;

DROP TABLE import_file;
