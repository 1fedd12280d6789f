"""The reference codec: a Plan run over octets, in both directions."""
