"""Conformance: what a definition, and the tables of a real meter, owe to the standard and to each other.

`assess` looks at a definition with every rule and gives each a verdict, for a report that a person signs. `look_at`
says what a meter's tables hold that cannot be so.
"""

from tdl.conformance.assessing import assess
from tdl.conformance.assessment import Assessment, Line, Verdict
from tdl.conformance.image import Looked, look_at

__all__ = ["Assessment", "Line", "Looked", "Verdict", "assess", "look_at"]
