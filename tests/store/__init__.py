"""Tests of scrutiny.store."""
