"""The Wireshark back end: a dissector in Lua that decodes tables inside C12.22 traffic."""
