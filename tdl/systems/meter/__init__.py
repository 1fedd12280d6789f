"""A simulated meter: a compiled definition and an image, behaving as a meter does.

From the inside out: `store` keeps octets on disk, `tables` are these as values with one change at a time, `blank` makes
up tables that an image lacks. `dates` are those of a calendar, and `summer` is the time that they switch; `clock`,
`rings` and `logs` say when things happened. `load` is what `metering` makes `registers` and `intervals` of, which
`resets` and the `calendar` put aside. `access` and `pending` say what may be written and when it counts, `procedures`
does what is asked for in Table 7, `transfer` moves octets in and out, `session` answers services, and `meter` is all of
it.
"""
