"""What a mark tells when the mouse rests on it: an interval as much as its point, and in words instead of columns."""

from typing import Any

WORDS = {
    "n_passages": "passages",
    "n_documents": "documents",
    "n_outlets": "outlets",
    "n_members": "outlets",
    "n_units": "documents, copies once",
    "n_using": "documents that use it",
    "n_matches": "times",
    "n_codes": "passages coded",
    "low": "interval from",
    "high": "to",
    "std_low": "interval from",
    "std_high": "to",
    "p_adjusted": "p, adjusted for all values",
    "p_smallest": "smallest p within reach",
    "flips": "sign turns without",
}
"""Column -> its name for a reader; any other is shown with spaces for underscores."""
INTERVALS = ("rule", "errorbar", "bar", "area")
_DATA = ("data", "datasets", "config", "transform")


def told(spec: dict[str, Any]) -> dict[str, Any]:
    """`spec` (Vega-Lite) with the tooltip of a point also on the interval drawn under it, and with readable names."""
    made = {key: value if key in _DATA else _within(value) for key, value in spec.items()}
    layers = made.get("layer")
    if isinstance(layers, list):
        lines = [layer["encoding"].get("tooltip") for layer in layers if "encoding" in layer]
        tooltip = next((found for found in lines if isinstance(found, list)), None)
        for layer in layers if tooltip else ():
            encoding = layer.get("encoding") or {}
            spans = ("x2" in encoding and "x" in encoding) or ("y2" in encoding and "y" in encoding)
            if spans and _mark(layer) in INTERVALS and "tooltip" not in encoding and _reads(encoding):
                encoding["tooltip"] = tooltip
    encoding = made.get("encoding")
    if isinstance(encoding, dict) and isinstance(encoding.get("tooltip"), list):
        made["encoding"] = encoding | {"tooltip": _named(encoding["tooltip"])}
    return made


def _within(value: Any) -> Any:
    """The same of the views inside a view; what is no view stays as it is."""
    if isinstance(value, list):
        return [told(held) if isinstance(held, dict) else held for held in value]
    return told(value) if isinstance(value, dict) else value


def _mark(layer: dict[str, Any]) -> str:
    mark = layer.get("mark")
    return str(mark.get("type") if isinstance(mark, dict) else mark)


def _reads(encoding: dict[str, Any]) -> bool:
    """Whether the ends of a mark are columns: a rule from a constant to a value is no interval."""
    ends = [encoding.get(name) or {} for name in (("x", "x2") if "x2" in encoding else ("y", "y2"))]
    return all("field" in end for end in ends)


def _named(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a tooltip with titles, no two alike: what has the same title is told only once."""
    taken = {field.get("title") for field in fields}
    made = []
    for field in fields:
        column = str(field.get("field") or "")
        words = WORDS.get(column.removeprefix("other_"), column.removeprefix("other_").replace("_", " "))
        words += ", other side" * (column.startswith("other_") and column != "other_")
        made.append(field if "title" in field or not column or words in taken else field | {"title": words})
        taken.add(words)
    return made
