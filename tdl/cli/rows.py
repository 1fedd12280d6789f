"""Which arrays of an image are rows of CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tdl.cli.selection import Selected
from tdl.image.csv_file import NoRows, arrays_of, write_csv
from tdl.project.reading import Reading
from tdl.report import Diagnostic, Report, Severity
from tdl.report.rules import conversion


def rows_of(
    reading: Reading, keys: Iterable[str], asked: Collection[str], selected: Sequence[Selected]
) -> tuple[dict[str, str], Report]:
    """The arrays of tables by name of their files, and what cannot be written.

    Args:
        asked: the tables that have to have one array. If nothing is asked for at all, every table that has one is
            written; those with several are left out with a note.
        selected: arrays by their paths.
    """
    findings = Report()
    arrays: list[tuple[str, str, tuple[str | int, ...]]] = [(each.said, each.table, each.path) for each in selected]
    whole = not asked and not selected
    for key in keys:
        if whole or key in asked:
            found = _arrays(reading, key)
            if len(found) == 1:
                arrays.append((key, key, found[0]))
            elif found or not whole:
                findings.add(_several(key, found, Severity.NOTE if whole else Severity.ERROR))
    files: dict[str, str] = {}
    for name, key, path in arrays:
        try:
            files[f"{name}.csv"] = write_csv(reading.values[key], path)
        except NoRows as problem:
            findings.add(_finding(name, str(problem), "an array", _help(key, _arrays(reading, key))))
        except LookupError:
            findings.add(_finding(name, "no octets in this image", "an array", ""))
    if not files and not findings.failed:
        findings = Report()
        findings.add(_finding(reading.image.name, "no table that is rows", "one at least", ""))
    return files, findings


def _arrays(reading: Reading, key: str) -> tuple[tuple[str, ...], ...]:
    return arrays_of(reading.definition.table(key).root)


def _several(key: str, arrays: tuple[tuple[str, ...], ...], severity: Severity) -> Diagnostic:
    found = f"{len(arrays)} arrays" if arrays else "no array"
    return _finding(key, found, "one", _help(key, arrays), severity)


def _help(key: str, arrays: tuple[tuple[str, ...], ...]) -> str:
    paths = [f"`--path {key}.{'.'.join(step for step in path if step != '[]')}`" for path in arrays[:4]]
    return f"choose with {' or '.join(paths)}" if paths else ""


def _finding(table: str, found: str, expected: str, help: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return conversion.NO_ROWS.at(
        None, place=table, help=help, severity=severity, table=table, found=found, expected=expected
    )
