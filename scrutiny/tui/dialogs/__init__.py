"""Dialogs: modal screens, each with the type of what it returns."""
