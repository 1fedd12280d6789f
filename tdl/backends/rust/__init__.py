"""Rust for gateways and tools: a crate without dependencies, unsafe code or panics."""
