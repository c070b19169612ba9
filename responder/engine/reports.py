"""The desk of reports: use cases as plain functions."""
