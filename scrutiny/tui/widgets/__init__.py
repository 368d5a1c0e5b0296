"""Widgets: each shows values it is given, emits messages about what a person did, and saves nothing."""
