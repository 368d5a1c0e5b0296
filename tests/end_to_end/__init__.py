"""The real program in a real terminal: for what a pilot cannot see."""
