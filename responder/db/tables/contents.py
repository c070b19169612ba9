"""The tables of contents."""
