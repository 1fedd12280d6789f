"""What editors ask, one kind of question a module: from a workspace, a text and a place in it to plain values."""
