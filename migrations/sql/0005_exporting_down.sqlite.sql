-- Editions and runs of exports, down, for sqlite: frozen text, statements parted by a blank line.

DROP VIEW IF EXISTS report_export_run;

DROP VIEW IF EXISTS report_edition;

DROP TABLE export_run;

DROP TABLE edition;
