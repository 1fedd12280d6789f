"""ANSI C12.18, C12.21 and C12.22 on the wire, without the wire: octets in, values or one kind of error out, and back.

From the outside in: `stream` cuts a connection into messages, `apdu` is a message with its `titles`, `segments` cuts
and joins one that is too large for a datagram, `assemblies` has those under way, `security` opens and closes what
`eax` protects, `replay` knows what came before, `epsem` is the list of services, `requests` and `answers` are what the
services say, and `exchange` says which belong together.

What is the same for all of them: `dialogue` is what a client says to a meter, with its `credentials`, and `client` a
meter as whoever reads it sees it. `psem` has the packets, links and sessions of C12.18 and C12.21, `acse` both ends of
C12.22. Only `shells` does input and output.
"""
