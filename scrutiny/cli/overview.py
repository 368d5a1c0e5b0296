"""Every command with its place and its line of help: enough for the overview, without importing any of them."""

COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("scrutiny.cli.editing", "Begin an assessment in a new file."),
    "list": ("scrutiny.cli.reading", "List the assessments of a folder."),
    "show": ("scrutiny.cli.reading", "Show an assessment with everything in it."),
    "rate": ("scrutiny.cli.editing", "Rate a statement, with its evidence."),
    "action": ("scrutiny.cli.editing", "Add an action to a statement."),
    "check": ("scrutiny.cli.reading", "Say what is missing or doubtful in an assessment."),
    "export": ("scrutiny.cli.exporting", "Export the action tracker as an Excel workbook."),
    "frameworks": ("scrutiny.cli.frameworks", "List, show and check frameworks."),
    "merge": ("scrutiny.cli.merging", "Bring two edits of one assessment together."),
    "recover": ("scrutiny.cli.recovering", "List, restore or discard text that a session could not save."),
    "backups": ("scrutiny.cli.restoring", "List a file's backups, or put one of them back."),
    "locate": ("scrutiny.cli.reading", "Say where settings, assessments and frameworks are kept."),
}
"""The commands in the order of the work: the module that holds each, and its line of help."""

_LINES = "\n".join(f"  {name:<12}{line}" for name, (_, line) in COMMANDS.items())

OVERVIEW = f"""\
Usage: scrutiny [PATH]
       scrutiny COMMAND ...

Scrutiny is for multi-agency safeguarding partnerships that examine themselves
and are examined: statements are rated, backed by evidence and followed by
actions. Without a command its interface opens, on the assessment or folder
PATH or on your own folder of assessments. Every command works without the
interface, in scripts and with a screen reader.

Commands:
{_LINES}

Options:
  -V, --version  Say which version this is.
  -h, --help     Show this overview; after a command, show how it is used.

Exit codes:
  0   Done.
  1   check found something that stops submission; merge or recover found
      conflicts.
  2   The command was used wrongly, or names something that does not exist.
  3   A file cannot be used as it is, or not be written.
  70  Something went wrong in Scrutiny itself.
  130 Stopped with Ctrl-C."""
