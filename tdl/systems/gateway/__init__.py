"""Meters behind HTTP: tables and elements as octets, JSON and CBOR, for callers who each have rights of their own.

Nothing of it is imported before it is used: starlette, uvicorn and cbor2 come with the extra `gateway`.
"""
