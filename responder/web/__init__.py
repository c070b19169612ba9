"""The pages, the JSON API and the receipts of providers."""
