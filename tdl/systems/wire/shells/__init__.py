"""The wire with a wire: asyncio around the machines that know nothing of it.

`addresses` reads URLs, `ports` are lines, `clients` has `connect`, `listeners` puts a meter on TCP and `ptys` on a
pty.
"""
