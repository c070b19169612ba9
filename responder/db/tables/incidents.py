"""The tables of incidents."""
