-- The state of imports, down, for postgresql: frozen text, statements parted by a blank line.

DROP TABLE import_row;

DROP TABLE import_file;
