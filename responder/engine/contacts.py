"""The desk of contacts: use cases as plain functions."""
