"""Every stage of the compiler, word for word.

A case is a folder with `definition.tdl`, perhaps `fragment.tdl` and `profile.toml`, and one file a stage with what it
shows. ``pytest tests/golden --snapshot-update`` writes the stages anew; a file that no stage makes is an error.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl import pipeline
from tdl.image.directory import read_profile
from tdl.project import Definition
from tdl.project.reading import known_values

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
INPUTS = ("definition.tdl", "fragment.tdl", "profile.toml")


def stages(case: Path) -> dict[str, str]:
    """What each stage shows of a case, by file name."""
    fragments = (str(case / "fragment.tdl"),) if (case / "fragment.tdl").exists() else ()
    request = pipeline.Request(definition=str(case / "definition.tdl"), fragments=fragments)
    shown = {}
    for each in pipeline.PASSES:
        known = None
        if each.name == "bind":
            if not (case / "profile.toml").exists():
                continue
            compiled = pipeline.run(request, pipeline.Context())
            known = known_values(Definition(compiled), read_profile(str(case / "profile.toml")))
        context = pipeline.Context(known=known)
        value = pipeline.run(request, context, after=each.name)
        assert [d.message for d in context.report] == []
        if each.name not in ("read", "validate"):  # what they show is their input
            shown[f"{each.name}.txt"] = each.show(value).replace(str(case), case.name)
    return shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stages(case: Path, request: pytest.FixtureRequest) -> None:
    made = stages(case)
    if request.config.getoption("--snapshot-update"):
        for name, text in made.items():
            (case / name).write_text(text, "utf-8")
    kept = {path.name: path.read_text("utf-8") for path in case.iterdir() if path.name not in INPUTS}
    assert sorted(kept) == sorted(made)
    for name, text in made.items():
        assert text == kept[name], f"{case.name}/{name} has changed; look at the difference, then --snapshot-update"
