"""What a person does with assessments, without an interface: the session on one open file and its parts."""
