"""Pure rules: no clock, no chance, no file, no database."""
