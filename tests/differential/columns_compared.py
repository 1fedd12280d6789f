"""Columns against the reference codec: every value of a batch beside what that decodes, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite, isnan
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from tdl.batches.columns import Buffers, columns
from tdl.batches.decoding import BatchDecoder
from tdl.batches.engine import Engine
from tdl.batches.images import dense
from tdl.batches.layout import Layout
from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Raw, Record
from tdl.ir import plan
from tests.property.definitions import random_image


def compare(decoder: BatchDecoder, table: plan.TablePlan, known: Environment, images: Sequence[bytes | None]) -> None:
    """Decode images to columns; every row is what the reference codec makes of its image."""
    batch = decoder.decode(pa.array(images, pa.binary()))
    batch.validate(full=True)
    assert batch.schema.equals(decoder.schema, check_metadata=True)
    for image, row in zip(images, batch.to_pylist(), strict=True):
        error = row.pop("$error")
        if image is None:
            assert error == "no image"
            assert set(row.values()) <= {None}
            continue
        expected = decoded(table, image, known)
        if isinstance(expected, DecodeError):
            assert error == str(expected)
            assert set(row.values()) <= {None}
        else:
            assert error is None
            for path, value in row.items():
                assert same(value, at(expected, path)), (path, value, at(expected, path))


def decoded(table: plan.TablePlan, image: bytes, known: Environment) -> Record | DecodeError:
    try:
        return decode(table, image, known)
    except DecodeError as error:
        return error


def at(record: Record, path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Record) else None
    return value


def same(found: Any, expected: Any) -> bool:
    """Whether a value out of a column is what the reference codec decoded."""
    match expected:
        case None:
            return found is None or (isinstance(found, dict) and all(same(each, None) for each in found.values()))
        case Raw():
            return found is None or found == bytes(expected)
        case Record():
            return isinstance(found, dict) and all(same(value, expected.get(name)) for name, value in found.items())
        case Members():
            members = [number for number, member in enumerate(found) if member]
            return members == list(expected) and len(found) == 8 * len(expected.octets)
        case list():
            return len(found) == len(expected) and all(map(same, found, expected))
        case str():
            whole = expected.encode("utf-8", "surrogatepass").decode("utf-8", "replace") == expected
            return found == expected if whole else found is None
        case float() if isnan(expected):
            return found is not None and isnan(found)
        case Decimal() | int() if isinstance(found, float) or found is None:
            return found == float(expected) if isfinite(float(expected)) else found is None
        case bool() | int() | float() | Decimal():
            return found is not None and not isinstance(found, str) and found == expected
        case datetime() | date() | time() | bytes():
            return found == expected
        case _:
            return isinstance(found, str)


def some_images(table: plan.TablePlan, known: Environment, seed: int) -> list[bytes | None]:
    """Images that fit, random ones of the right size, and such as are too short, too long or not there."""
    random = Random(seed)
    fitting = [random_image(table, known, random.randrange(1 << 30)) for _ in range(4)]
    size = len(fitting[0])
    corrupt = [random.randbytes(size) for _ in range(3)] + [bytes(size), b"\xff" * size]
    return [*fitting[:2], None, fitting[0][: size // 2], *corrupt, fitting[0] + b"\0", *fitting[2:], b""]


def arrays_of(engine: Engine, layout: Layout, images: Sequence[bytes]) -> list[pa.Array]:
    """What an engine makes of images that fit; memory that it does not fill is not zero."""
    good, _ = dense(pa.array(images, pa.binary()), layout.size)
    arrays = Buffers(layout, good.count).arrays(good.count)
    for array in arrays:
        if array is not None:
            array.view(np.uint8).fill(0xA5)
    engine.fill(good, arrays)
    return columns(layout, arrays, good.count)
