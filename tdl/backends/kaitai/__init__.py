"""Kaitai Struct: a definition's tables as ``.ksy`` files, for the meters whose values a profile fixes."""
