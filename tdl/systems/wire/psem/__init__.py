"""ANSI C12.18 and C12.21, without the wire: octets and the time in, events and octets out.

From the outside in: `packets` are what the line carries, `scanner` finds them in octets that come, `messages` cuts and
joins what is too large for one, `link` sends and receives messages over a line that loses some, `server` and `client`
are the two ends, and `dialogue` is what a client's end says. `timing` and `speeds` are numbers, `challenge` is the
authentication of C12.21.

Nothing here sleeps or waits: each machine has a `deadline`, at which it wants to be told the time with `tick`.
"""
