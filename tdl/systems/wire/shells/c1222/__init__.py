"""C12.22 over TCP and UDP under asyncio.

`addresses` reads URLs, `lines` carry whole messages, `clients` has `connect`, `listeners` puts a server on ports, and
`memories` keeps in files what a restart must not forget.
"""
