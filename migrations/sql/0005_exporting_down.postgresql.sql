-- Editions and runs of exports, down, for postgresql: frozen text, statements parted by a blank line.

DROP TABLE export_run;

DROP TABLE edition;
