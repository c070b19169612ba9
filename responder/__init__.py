"""Responder: incident response and crisis communication playbooks for cities."""

__version__ = "0.1.0"
