"""The desk of statements: use cases as plain functions."""
