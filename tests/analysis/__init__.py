"""Tests of scrutiny.analysis."""
