"""Findings as text for people, as lines for editors, as JSON for programs, and as what build servers read."""

from tdl.report.render.concise import render_concise
from tdl.report.render.machine import render_json
from tdl.report.render.text import render_text
from tdl.report.render.theme import PLAIN, Theme, colours

__all__ = ["PLAIN", "Theme", "colours", "render_concise", "render_json", "render_text"]
