"""Tests of scrutiny.model."""
