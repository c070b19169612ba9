"""The front door: command line, wiring, settings. The one place where ports meet adapters."""
