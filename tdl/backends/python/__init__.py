"""The Python back end: a typed package without dependencies."""
