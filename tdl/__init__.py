"""tdl: the open compiler for ANSI C12.19 / IEEE 1377 table definitions."""
