"""The back ends: a Plan to the files of a target. Each is one folder and one entry point of `tdl.backends`."""
