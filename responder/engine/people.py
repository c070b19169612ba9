"""The desk of people: use cases as plain functions."""
