"""Scrutiny: self-assessment and independent scrutiny for multi-agency safeguarding partnerships."""

__version__ = "0.1.0"
