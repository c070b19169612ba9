"""The tables of broadcasts."""
