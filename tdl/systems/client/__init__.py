"""Meters as values: a URL and a definition, and tables are read, written and told apart by their elements.

`opening` has `connect`, `remote` what it gives, `blocking` the same without asyncio, `elements` and `spans` say which
octets of a table an element takes, and `simulated` is a meter in this process.
"""
