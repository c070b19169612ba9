"""Use cases: plain functions that take the ports first, one transaction each."""
