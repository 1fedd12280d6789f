"""Both ends of C12.22, without the wire: messages and the time in, messages and answers out.

`settings` says how to speak, `ivs` numbers what is protected, `dialogue` is what a client says, and `client` carries it
in `call`s, each a message with its answer. At the other end a `server` has `node`s, a meter each, with the sessions of
their peers in `visits`; `services` does what a message asks for. `repeats` knows which messages came once more,
`buckets` who says too much that nobody vouches for, and `memory` what must not be forgotten over a restart.

Nothing here sleeps or waits. Relays and master relays, which pass messages on, are not here.
"""
