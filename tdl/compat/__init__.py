"""Compatibility: two definitions compared, and which of the changes break who reads with the other one.

Input: two Models with their Plans. Output: `Comparison`, whose findings are diagnostics of the 8xx range, each made by
a clause of `tdl.compat.policy`.
"""

from tdl.compat.comparison import Comparison, Side, TableChange, compare
from tdl.compat.showing import show_json, show_json_of_many, show_text

__all__ = ["Comparison", "Side", "TableChange", "compare", "show_json", "show_json_of_many", "show_text"]
