"""The command line: parse, call one function, say what came of it."""
