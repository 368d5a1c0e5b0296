"""Tests of scrutiny.session and scrutiny.saving."""
