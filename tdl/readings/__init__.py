"""What a meter says, for people: engineering values, events by name, procedures with their records.

Everything here reads a `tdl.project.reading.Reading`, guesses nothing, and says in notes what it does not know.
"""
