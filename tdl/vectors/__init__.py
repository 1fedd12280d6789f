"""Test vectors: octets with what every codec of a definition must make of them, so that every branch is taken."""
