"""Tests: they mirror the package, and each says in one sentence what it shows."""
