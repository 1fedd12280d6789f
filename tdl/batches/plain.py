"""Arrays of Arrow as lists of plain values for text: what Arrow does value by value, a column at a time."""

from __future__ import annotations

from tdl.batches.arrow import np, pa


def plain(array: pa.Array) -> list[object]:
    """The values of an array: records as dicts, arrays as lists, moments as ISO 8601 text."""
    type_ = array.type
    if array.null_count == len(array):
        return [None] * len(array)
    if array.null_count:
        kept = array.drop_null()
        values = iter(plain(kept))
        return [next(values) if valid else None for valid in array.is_valid().to_numpy(zero_copy_only=False).tolist()]
    if pa.types.is_struct(type_):
        names = [field.name for field in type_]
        return [dict(zip(names, row, strict=True)) for row in zip(*map(plain, array.flatten()), strict=True)]
    if pa.types.is_fixed_size_list(type_):
        flat, size = plain(array.flatten()), type_.list_size
        return [flat[at : at + size] for at in range(0, len(flat), size)]
    if pa.types.is_timestamp(type_) and type_.unit == "s":
        return list(np.datetime_as_string(array.to_numpy(zero_copy_only=False), unit="s").tolist())
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_boolean(type_):
        return list(array.to_numpy(zero_copy_only=False).tolist())
    return list(array.to_pylist())
