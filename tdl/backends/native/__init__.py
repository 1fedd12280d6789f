"""C behind generated Python: the same records, values and errors, made by an extension of Python."""
