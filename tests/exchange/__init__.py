"""Tests of scrutiny.exchange."""
