"""Texts placed by hand, on a corpus of vectors in the plane."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse import frames as frames_module
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.frames import Frames
from helpers.analyse.place import ALL, place
from helpers.analyse.themes import Themes
from helpers.codebook import Codebook, Frame
from helpers.encode import encode
from helpers.errors import InputError


class Flat:
    """A toy encoder: a text "37" is the unit vector at 37 degrees."""

    name, dimension, fingerprint = "flat", 2, "flat"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        angles = np.radians([float(text.split()[0]) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def frame(name: str, example: str, *, control: bool = False) -> Frame:
    return Frame(name, name.title(), "d", (), (), (example, f"{example} again"), (), control=control)


CODEBOOK = Codebook("toy", "toy.yml", {"level": frame("level", "0"), "sport": frame("sport", "90", control=True)}, {})


def angled(rows: list[tuple[str, str, str, float]], **columns: object) -> pl.DataFrame:
    """(document, side, outlet, degrees): a passage whose text says its angle and whose vector lies there."""
    words = [
        (document, side, outlet, f"{angle} of {document} number {k}")
        for k, (document, side, outlet, angle) in enumerate(rows)
    ]
    return encode(passages(words, **columns), encoder=Flat(), progress=False)


def corpus(**columns: object) -> pl.DataFrame:
    """East around 10 degrees in two outlets, west around 60 in one; documents of two passages."""
    rows = [(f"e{k:02}", "east", "AB"[k % 2], float(k)) for k in range(20) for _ in range(2)]
    rows += [(f"w{k:02}", "west", "C", 50.0 + k) for k in range(20) for _ in range(2)]
    return angled(rows, **columns)


def themed(frame: pl.DataFrame) -> Themes:
    """Two themes, around 10 and 60 degrees; a passage stands on the map at its angle; one of west belongs to none."""
    theme = pl.when(pl.col("side") == "east").then(1).otherwise(2).cast(pl.Int32)
    theme = pl.when(pl.col("document_id") == "w19").then(None).otherwise(theme)
    angle = pl.col("text").str.extract(r"^(\S+)").cast(pl.Float32)
    made = frame.drop("embedding").with_columns(theme=theme, x=angle, y=-angle, centrality=pl.lit(0.9, pl.Float32))
    table = pl.DataFrame({"theme": [1, 2], "label": ["low", "high"]}, schema={"theme": pl.Int32, "label": pl.String})
    centres = np.radians([10.0, 60.0])
    return Themes(made, table, np.stack([np.cos(centres), np.sin(centres)], axis=1).astype(np.float32), 1.0, 0.0, 7, 1)


def framed(frame: pl.DataFrame, *, voice: str = "outlet", copies: str = "one") -> Frames:
    scored, table = frames_module.score(frame, CODEBOOK, encoder=Flat())
    empty = pl.DataFrame()
    none = Contrasts(empty, empty, empty, (), "score", 0.95, 0, 7)
    return Frames(scored, table, none, {}, CODEBOOK, voice, copies, 7)


def placed(focus: pl.DataFrame, frame: pl.DataFrame, most: int = 5):
    return place(focus, frame, themes=themed(frame), frames=framed(frame), most=most, encoder=Flat())


def test_theme_place_and_percentile_by_hand() -> None:
    frame = corpus()
    found = placed(angled([("f", "east", "A", 15.2), ("f", "east", "A", 33.0), ("f", "east", "A", 190.0)]), frame)
    # 15.2: nearest to centre 10. 33: 23 degrees from 10, 27 from 60; of the passages of the other theme the nearest
    # are at 50 (40 degrees away), so it belongs. 190 is farther from both than any of the others.
    assert found.passages["theme"].to_list() == [1, 1, None]
    assert found.passages["label"].to_list() == ["low", "low", None]
    assert found.passages["near_label"][2] == "high"
    assert found.passages["centrality"][0] == pytest.approx(np.cos(np.radians(5.2)), abs=1e-6)
    # The five nearest passages of 15.2: both of 15, both of 16, one of 14.
    assert found.passages.select("x", "y").row(0) == (15.0, -15.0)
    assert "embedding" not in found.passages.columns
    level = found.frames.filter(frame="level")
    # The score is the cosine to 0 degrees: 15.2 is above those from 16 on: 4 of 20 texts of east, all 20 of west.
    assert level.filter(among=ALL)["percentile"][0] == pytest.approx(100 * 24 / 40)
    assert level.filter(among="east")["percentile"][0] == pytest.approx(100 * 4 / 20)
    assert level.filter(among="west")["percentile"].to_list() == [100.0, 100.0, 0.0]
    assert level["n_texts"].to_list() == [40] * 3 + [20] * 6 and level["n_passages"].to_list() == [80] * 3 + [40] * 6
    assert found.frames.filter(frame="sport")["control"].all()


def test_each_text_weighs_the_same_in_percentiles_and_ties_count_half() -> None:
    # Ten texts of one passage at 20 degrees and one of ten passages at 40, of which two say what the text says.
    rows = (
        [(f"e{k}", "east", "A", 20.0) for k in range(10)]
        + [("long", "east", "A", 40.0)] * 8
        + [("long", "east", "A", 30.0)] * 2
    )
    frame = angled(rows)
    shown = placed(angled([("f", None, "N", 30.0)]), frame).frames.filter(
        (pl.col("frame") == "level") & (pl.col("among") == "east")
    )
    # Below it: 8/10 of one text of eleven, and half of 2/10.
    assert shown["percentile"][0] == pytest.approx(100 * (0.8 + 0.1) / 11)


def test_nearest_are_of_different_documents_and_not_copies() -> None:
    clusters = [None] * 40 + ["w00"] * 4 + [None] * 36
    frame = corpus(copy_cluster=clusters)
    near = placed(angled([("f", "east", "A", 49.0)]), frame, most=3).near
    assert near.select("side", "rank", "document_id").rows() == [
        ("east", 1, "e19"), ("east", 2, "e18"), ("east", 3, "e17"),
        ("west", 1, "w00"), ("west", 2, "w02"), ("west", 3, "w03"),
    ]  # fmt: skip
    assert near["similarity"][0] == pytest.approx(np.cos(np.radians(30.0)), abs=1e-6)
    assert near["focus_id"].unique().to_list() == ["f#000"] and "embedding" not in near.columns


LINE = "{} a council of the river states met in the old hall to settle who may draw water in a dry year"


def test_the_text_itself_and_its_copies_are_left_out() -> None:
    rows = [(f"e{k:02}", "east", "A", LINE.format(f"{k} {'abcdefghijkl'[k] * 9} then")) for k in range(12)]
    rows = [(d, s, o, " ".join(f"{t.split()[0]} word{d}{i}" for i in range(15))) for d, s, o, t in rows]
    rows[3] = ("e03", "east", "A", LINE.format(3))
    rows[4] = ("e04", "east", "A", LINE.format(4.5) + " indeed")
    frame = encode(passages(rows, copy_cluster=[None] * 7 + ["k"] * 2 + [None] * 3), encoder=Flat(), progress=False)
    focus = encode(passages([("f", "east", "A", LINE.format(3))]), encoder=Flat(), progress=False)
    found = placed(focus, frame)
    assert found.left_out == ("e03", "e04")
    assert not set(found.near["document_id"]) & {"e03", "e04"}
    assert not set(found.mapped["document_id"]) & {"e03", "e04"}
    assert found.frames.filter(among="east")["n_texts"].to_list() == [9, 9]
    # A copy that was known to be one takes its whole cluster along.
    one = encode(passages([("f", "east", "A", frame["text"][7])]), encoder=Flat(), progress=False)
    assert placed(one, frame).left_out == ("e07", "e08")


def test_how_typical_of_its_own_side_and_which_is_nearest() -> None:
    found = placed(angled([("f", "east", "A", 12.0), ("f", "east", "A", 8.0), ("g", "east", "New", 62.0)]), corpus())
    wording = found.table.filter(measure="wording")
    # Means of f: 10 degrees; of east: outlets A (0, 2, ..., 18: 9 degrees) and B (1, ..., 19: 10 degrees): 9.5.
    f = wording.filter((pl.col("document_id") == "f") & (pl.col("side") == "east")).row(0, named=True)
    assert f["closeness"] == pytest.approx(np.cos(np.radians(0.5)), abs=1e-6)
    assert f["nearest"] and f["without"] == "text" and f["n_passages"] == 2 and f["usual_passages"] == 2
    # Nearer than all that lie more than half a degree from a mean without them: those at 9 and 10 lie about .5 away,
    # the one at 10 (of A) from 9.44 and the one at 9 (of B) from 9.56: 56 hundredths, so all 20 are less near.
    assert f["percentile"] == 100.0 and f["n_texts"] == 20
    g = wording.filter(document_id="g")
    assert g.filter(nearest=True)["side"].to_list() == ["west"] and g["own_side"].to_list() == ["east", "east"]
    assert g.filter(side="east")["without"].to_list() == ["outlet"] and g.filter(side="east")["percentile"][0] == 0.0
    # By frames: the score's standard deviation over the corpus is the unit.
    frames_ = found.table.filter((pl.col("measure") == "frames") & (pl.col("document_id") == "f"))
    angles = np.cos(np.radians([*range(20), *range(50, 70)]))
    mean_a, mean_b = angles[0:20:2].mean(), angles[1:20:2].mean()
    own = np.cos(np.radians([12.0, 8.0])).mean()
    expected = -abs(own - (mean_a + mean_b) / 2) / angles.std()
    assert frames_.filter(side="east")["closeness"][0] == pytest.approx(expected, abs=1e-5)
    assert found.members.rows() == [("east", "A", 10, True), ("east", "B", 10, True), ("west", "C", 20, True)]


def test_a_text_of_no_side_and_one_all_quoted() -> None:
    focus = angled([("f", None, "New", 12.0), ("q", "east", "A", 8.0)], voice=["outlet", "quoted"])
    found = placed(focus, corpus())
    assert found.table["document_id"].unique().to_list() == ["f"] and found.table["own_side"].null_count() == 4
    assert set(found.passages["document_id"]) == {"f", "q"}


def test_what_does_not_fit_is_said() -> None:
    frame = corpus()
    focus = angled([("f", "east", "A", 12.0)])
    with pytest.raises(InputError, match="no passage to place"):
        placed(focus.clear(), frame)
    with pytest.raises(InputError, match="Run encode first"):
        placed(focus.drop("embedding"), frame)
    with pytest.raises(InputError, match="not of the same passages"):
        place(focus, frame, themes=themed(frame.head(70)), frames=framed(frame), encoder=Flat())
    with pytest.raises(InputError, match="different encoders"):
        wide = focus.with_columns(embedding=pl.Series([[1.0, 0, 0]], dtype=pl.Array(pl.Float32, 3)))
        placed(wide, frame)
    one = angled([("f", "east", "A", 12.0)])
    with pytest.raises(InputError, match="nothing but this text"):
        placed(focus, one)
