"""Documents that go to other people, and come back."""
