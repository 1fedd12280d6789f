"""The language server: what an editor asks about definitions while they are written.

`workspace` knows the documents and what is wrong with them, `features` answers one kind of question a file with plain
values, and `server` alone speaks the protocol.
"""
