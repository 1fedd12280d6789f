"""Generated C against the same tables by hand: instructions on this machine, flash on a Cortex-M0+."""
