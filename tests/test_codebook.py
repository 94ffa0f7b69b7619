import re
from pathlib import Path

import pytest
import yaml

from helpers.codebook import open_codebook
from helpers.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
SIX = ["one", "two", "three", "four", "five", "six"]


def write(folder: Path, **given: object) -> Path:
    path = folder / "mine.yml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


def frame(**changed: object) -> dict:
    return {"label": "Order", "definition": "As one of order.", "examples": SIX} | changed


def test_a_codebook_is_read_in_its_order(tmp_path: Path) -> None:
    low, high = {"label": "Few", "examples": ["few"]}, {"label": "Many", "examples": ["many", "lots"]}
    poles = {"label": "Few - many", "low": low, "high": high}
    path = tmp_path / "mine.yml"
    given = {
        "name": "small",
        "frames": {
            "order": frame(keywords=["orders?"], counter_examples=["seven"], include="what is ordered"),
            "chance": frame(label="Chance", control=True),
        },
        "axes": {"number": poles},
        "background": ["nothing much"],
    }
    path.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    read = open_codebook(path)
    assert (read.name, read.path, list(read.frames)) == ("small", "mine.yml", ["order", "chance"])
    assert read.frames["order"].examples == tuple(SIX) and read.frames["order"].counter_examples == ("seven",)
    assert read.frames["order"].include == ("what is ordered",) and read.frames["order"].exclude == ()
    assert read.columns(control=False) == ["frame_order"] and read.columns(control=True) == ["frame_chance"]
    assert list(read.labels()) == ["frame_order", "frame_chance"] and "Chance" in read.labels()["frame_chance"]
    assert read.axes["number"].low == ("few",) and read.axes["number"].high == ("many", "lots")
    assert read.background == ("nothing much",)


def test_a_name_is_looked_for_beside_the_study_then_among_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_DATA", str(ROOT / "data"))
    assert open_codebook("governance.yml").name == "governance"
    (tmp_path / "governance.yml").write_text(yaml.safe_dump({"name": "own", "frames": {"order": frame()}}))
    assert open_codebook("governance.yml", near=tmp_path / "study.yml").name == "own"
    with pytest.raises(InputError, match=r"no such codebook.*governance\.yml"):
        open_codebook("absent.yml")


def test_the_shipped_codebook_has_what_the_methods_ask_of_it() -> None:
    read = open_codebook(ROOT / "data" / "codebooks" / "governance.yml")
    assert [name for name, f in read.frames.items() if f.control] == ["weather", "sport", "recipes"]
    assert len(read.frames) == 15 and len(read.axes) == 4
    assert all(f.counter_examples and f.definition and f.keywords for f in read.frames.values() if not f.control)
    statements = [text for f in read.frames.values() for text in (*f.examples, *f.counter_examples)]
    statements += [*read.background, *(text for a in read.axes.values() for text in (*a.low, *a.high))]
    assert len(statements) == len(set(statements))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title": "no frames"}, "at least one frame"),
        ({"frames": {}}, "at least one frame"),
        ({"frames": {"Order": frame()}}, "frame 'Order'.*small letters"),
        ({"frames": {"order": "text"}}, "frame 'order'"),
        ({"frames": {"order": frame(examples=SIX[:5])}}, "frame 'order'.*at least 6.*5"),
        ({"frames": {"order": frame(examples=[*SIX[:5], ""])}}, "frame 'order'.*`examples` is a list of texts"),
        ({"frames": {"order": frame(examples=[*SIX[:5], 6])}}, "frame 'order'.*`examples` is a list of texts"),
        ({"frames": {"order": frame(keywords=["(open"])}}, r"frame 'order'.*'\(open'"),
        ({"frames": {"order": frame(label=None)}}, "frame 'order'.*`label` is absent"),
        ({"frames": {"order": {"label": "Order", "examples": SIX}}}, "frame 'order'.*`definition` is absent"),
        ({"frames": {"order": frame()}, "axes": {"number": {"label": "Few - many"}}}, "axis 'number'"),
    ],
)
def test_errors_name_the_frame_and_what_it_lacks(tmp_path: Path, given: dict, told: str) -> None:
    with pytest.raises(InputError) as raised:
        open_codebook(write(tmp_path, **given))
    assert_tells(str(raised.value), told)


def test_broken_yaml_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text('frames:\n  order:\n    label: "open\n', encoding="utf-8")
    with pytest.raises(InputError) as raised:
        open_codebook(path)
    assert_tells(str(raised.value), r"not valid YAML.*line \d")


def assert_tells(message: str, pattern: str) -> None:
    """Parts of a message, in either order of what is wrong and where."""
    parts = pattern.split(".*")
    assert all(re.search(part, message, re.DOTALL) for part in parts), message
