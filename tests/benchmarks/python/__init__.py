"""Generated Python against other ways of doing the same."""
