"""What an assessment is: frozen models and the edits that turn one into the next. No input or output."""
