-- Editions and runs of exports, down, for sqlite: frozen text, statements parted by a blank line.

DROP TABLE export_run;

DROP TABLE edition;
