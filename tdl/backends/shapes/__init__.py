"""What the values of a table look like, for targets that have types and no dictionaries."""
