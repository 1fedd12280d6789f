"""Plans of a definition for the meters that have certain values, as `--bind` and `--set` give them."""

from __future__ import annotations

from dataclasses import replace

from tdl.image import Image, Profile
from tdl.ir.bind import bind
from tdl.ir.plan import Plan
from tdl.project.definition import Definition
from tdl.project.profile import resolve_limits
from tdl.project.reading import known_values
from tdl.project.used import tables_used


def bound_plan(
    definition: Definition, plan: Plan, bound: Image | Profile | None, settings: tuple[str, ...]
) -> tuple[Plan, tuple[str, ...] | None]:
    """A Plan for what is known of the meters, and the keys of the tables that they use, as far as that is known."""
    used = None
    if bound is not None or settings:
        known = known_values(definition, bound, settings)
        plan = bind(plan, known)
        used = tables_used(plan.tables, known)
    profile = bound.profile if isinstance(bound, Image) else bound
    if profile is not None:
        plan = replace(plan, limits=resolve_limits(profile, definition))
    return plan, used
