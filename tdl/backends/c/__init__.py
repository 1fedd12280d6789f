"""The C back end: freestanding C99 for meters, the same with an environment and an arena for gateways."""
