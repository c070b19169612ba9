"""The desk of broadcasts: use cases as plain functions."""
