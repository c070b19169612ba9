"""The desk of incidents: use cases as plain functions."""
