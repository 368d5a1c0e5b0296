"""The interface, driven as a person drives it and judged by the session, the file and the messages."""
