"""What uses compiled definitions against meters, a package each: `wire` is the protocols that they speak."""
