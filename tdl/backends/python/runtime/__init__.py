"""What generated packages carry along beside the reference codec; see `tdl.backends.python.shipping`."""
