"""The desk of playbooks: use cases as plain functions."""
