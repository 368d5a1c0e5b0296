"""Tests of scrutiny.cli."""
