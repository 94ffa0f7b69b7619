import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.copies import copies
from helpers.analyse.frames import carriers, control_floors, frames, score
from helpers.codebook import Axis, Codebook, Frame, open_codebook
from helpers.corpora import load
from helpers.encode import encode
from helpers.errors import InputError
from helpers.prepare import prepare
from helpers.study import open_study

ROOT = Path(__file__).resolve().parents[2]
HALF = 0.5**0.5


class Letters:
    """A toy encoder in three dimensions: how often a, b, c stand in a text."""

    name = "letters"
    dimension = 3
    fingerprint = "letters of frames"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in "abc"] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "teaching" not in request.fixturenames:
        monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))


def frame(name: str, *examples: str, counter: Sequence[str] = (), control: bool = False) -> Frame:
    return Frame(name, name.title(), f"As {name}.", (), (), examples, tuple(counter), (), control)


def codebook(*given: Frame, axes: Sequence[Axis] = (), background: Sequence[str] = ()) -> Codebook:
    return Codebook("toy", "toy.yml", {f.name: f for f in given}, {a.name: a for a in axes}, tuple(background))


def texts(*given: str) -> pl.DataFrame:
    return encoded([(f"d{i}", "east", "A", text) for i, text in enumerate(given)])


def encoded(rows: list[tuple], **columns: object) -> pl.DataFrame:
    return encode(passages(rows, **columns), encoder=Letters(), progress=False)


def scores(book: Codebook, *given: str, column: str) -> list[float]:
    made, _ = score(texts(*given), book, encoder=Letters())
    return made[column].to_list()


def test_a_score_is_the_cosine_to_the_mean_of_the_examples() -> None:
    # mean of (1, 0, 0) and (0, 1, 0) is (.5, .5, 0), of length .7071
    book = codebook(frame("order", "a", "b"))
    assert scores(book, "a", "ab", "c", "ac", column="frame_order") == pytest.approx([HALF, 1.0, 0.0, 0.5])


def test_a_quarter_of_the_counter_examples_is_taken_off() -> None:
    # (.5, .5, 0) - .25 (0, 0, 1) = (.5, .5, -.25), of length .75: direction (2/3, 2/3, -1/3)
    book = codebook(frame("order", "a", "b", counter=["c"]))
    assert scores(book, "a", "c", "ab", column="frame_order") == pytest.approx([2 / 3, -1 / 3, 4 / 3 * HALF])


def test_the_background_is_taken_out() -> None:
    # background (1, 0, 1) / sqrt 2; of the example (1, 0, 0) remains (.5, 0, -.5): direction (.7071, 0, -.7071)
    book = codebook(frame("order", "a", "a"), background=["ac"])
    assert scores(book, "a", "ac", "c", "b", column="frame_order") == pytest.approx([HALF, 0.0, -HALF, 0.0], abs=1e-6)


def test_adding_a_frame_changes_no_other() -> None:
    order = frame("order", "a", "abb", counter=["c"])
    given = ("a", "bc", "aabc", "c")
    alone = scores(codebook(order, background=["abc"]), *given, column="frame_order")
    beside = scores(
        codebook(frame("chance", "cc", "bc"), order, frame("weather", "b", "b", control=True), background=["abc"]),
        *given, column="frame_order",
    )  # fmt: skip
    assert alone == beside


def test_an_axis_has_bias_and_intensity() -> None:
    # axis (0, 1, 0) - (1, 0, 0), over its length; biases .7071, -.7071, 0 and .7071 have the mean .1768
    book = codebook(frame("order", "a", "a"), axes=[Axis("number", "Few - many", "Few", ("a",), "Many", ("b",))])
    bias = scores(book, "b", "a", "c", "b", column="axis_number")
    assert bias == pytest.approx([HALF, -HALF, 0.0, HALF], abs=1e-6)
    mean = HALF / 4
    expected = [(HALF - mean) ** 2, (HALF + mean) ** 2, mean**2, (HALF - mean) ** 2]
    assert scores(book, "b", "a", "c", "b", column="axis_number_intensity") == pytest.approx(expected, abs=1e-6)


def test_the_table_tells_how_much_hangs_on_one_wording() -> None:
    book = codebook(frame("order", "a", "b"), frame("same", "c", "c", control=True))
    _, table = score(texts("a", "b", "c"), book, encoder=Letters())
    # with both examples the scores go like (1, 1, 0), without the first like (0, 1, 0): correlation .5
    assert table["wording"].to_list() == pytest.approx([0.25, 1.0])
    assert table["mean"][0] == pytest.approx(2 * HALF / 3)
    assert table["n_examples"].to_list() == [2, 2] and table["control"].to_list() == [False, True]
    assert table["label"].to_list() == ["Order", "Same"]


def many(outlet: str, side: str, text: str, n: int = 10) -> list[tuple]:
    return [(f"{outlet}{i}", side, outlet, text) for i in range(n)]


def test_sides_are_compared_on_mean_scores_of_the_outlets_own_voice() -> None:
    rows = [*many("A", "east", "a", 20), *many("B", "east", "ab"), *many("C", "west", "b"), *many("D", "west", "b")]
    rows += [(f"C{i}", "west", "C", "a") for i in range(10)]
    own = ["outlet"] * 50 + ["quoted"] * 10
    made = frames(
        encoded(rows, voice=own),
        codebook(frame("order", "a", "a"), frame("rain", "c", "c", control=True)),
        encoder=Letters(),
    )
    assert made.contrasts.values == ("frame_order", "frame_rain")
    row = made.contrasts.table.filter(value="frame_order").row(0, named=True)
    # outlets weigh the same: (1 + .7071) / 2 - 0
    assert row["difference"] == pytest.approx((1 + HALF) / 2)
    assert (row["n_documents"], row["other_n_documents"]) == (30, 20)
    everything = frames(encoded(rows, voice=own), codebook(frame("order", "a", "a")), encoder=Letters(), voice="all")
    # each document of C has one passage of score 0 and one of score 1
    assert everything.contrasts.table["difference"][0] == pytest.approx((1 + HALF) / 2 - 0.25)
    assert everything.floors == {} and (everything.voice, everything.copies) == ("all", "one")


def test_a_control_floor_is_the_largest_difference_of_a_control_frame_between_that_pair() -> None:
    rows = [
        ("frame_order", "east", "west", 2.0),
        ("frame_rain", "east", "west", 0.1),
        ("frame_snow", "east", "west", -0.4),
        ("frame_rain", "east", "un", 0.2),
        ("frame_snow", "east", "un", None),
        ("frame_rain", "un", "west", None),
        ("frame_snow", "un", "west", None),
    ]
    table = pl.DataFrame(rows, schema=["value", "side", "other", "standardised"], orient="row")
    contrasts = Contrasts(table, table, table, ("frame_order",), "score", 0.95, 10, 7)
    book = codebook(
        frame("order", "a", "a"), frame("rain", "b", "b", control=True), frame("snow", "c", "c", control=True)
    )
    assert control_floors(contrasts, book) == {"east|west": 0.4, "east|un": 0.2}
    assert control_floors(contrasts, codebook(frame("order", "a", "a"))) == {}


def test_carriers_come_from_different_documents_and_outlets_in_turn() -> None:
    rows = [
        ("d1", "east", "A", "a"),
        ("d1", "east", "A", "aaaab"),
        ("d2", "east", "A", "aaab"),
        ("d3", "east", "B", "aab"),
        ("d4", "east", "B", "a"),
        ("d5", "west", "C", "ab"),
        ("d6", "west", "C", "a"),
        ("d7", "west", "C", "b"),
    ]
    voice = ["outlet"] * 6 + ["quoted"] + ["outlet"]
    cluster = ["d1", "d1", None, None, "d1", None, None, None]
    made = frames(
        encoded(rows, voice=voice, copy_cluster=cluster), codebook(frame("order", "a", "a")), encoder=Letters()
    )
    shown = carriers(made, "order", most=2)
    # d4 copies d1; d6 is quoted; A's second-best gives way to B's best
    assert shown.select("side", "document_id").rows() == [
        ("east", "d1"),
        ("east", "d3"),
        ("west", "d5"),
        ("west", "d7"),
    ]
    assert shown["score"].to_list() == pytest.approx([1.0, 2 / 5**0.5, HALF, 0.0])
    assert carriers(made, "order", most=3).filter(side="east")["document_id"].to_list() == ["d1", "d3", "d2"]
    with pytest.raises(InputError, match="frame_chance"):
        carriers(made, "chance")


def test_errors_say_what_to_do() -> None:
    book = codebook(frame("order", "a", "a"))
    with pytest.raises(InputError, match="Run encode"):
        score(texts("a").drop("embedding"), book, encoder=Letters())
    other = texts("a").with_columns(pl.Series("embedding", np.ones((1, 4), np.float32), dtype=pl.Array(pl.Float32, 4)))
    with pytest.raises(InputError, match="different encoders"):
        score(other, book, encoder=Letters())
    with pytest.raises(InputError, match="at least two sides"):
        frames(texts("a", "b"), book, encoder=Letters())


@pytest.fixture
def teaching(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """The encoded passages of the constructed corpus's test part, without leftovers, with gold_<frame> codes."""
    folder = ROOT / "data" / "teaching"
    monkeypatch.setenv("WORKBENCH_DATA", str(ROOT / "data"))
    if "WORKBENCH_CACHE" not in os.environ:
        monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
    documents = copies(load(open_study("teaching")).table).table
    split = pl.read_csv(folder / "split.csv").filter(part="test")
    made = prepare(documents.join(split, left_on="id", right_on="document_id", how="semi"), words=80)
    gold = pl.read_csv(folder / "gold.csv").select("document_id", "frames", "junk", gold_start="start", gold_end="end")
    made = made.join(gold, on="document_id").filter(
        (pl.col("start") < pl.col("gold_end")) & (pl.col("end") > pl.col("gold_start"))
    )
    whole = made.group_by("id").agg(pl.col("frames").str.join(" "), junk=pl.col("junk").is_not_null().any())
    coded = made.drop("frames", "junk").unique("id").join(whole, on="id").filter(~pl.col("junk")).sort("id")
    return encode(coded, progress=False)


def test_scores_of_the_shipped_codebook_rank_better_than_labels_and_keywords(teaching: pl.DataFrame) -> None:
    from sklearn.metrics import roc_auc_score

    book = open_codebook("governance.yml")
    scored, _ = score(teaching, book)
    names = [name for name, f in book.frames.items() if not f.control]
    labels = encode(
        pl.DataFrame({"id": names, "text": [book.frames[name].label for name in names]}), progress=False
    )["embedding"].to_numpy()  # fmt: skip
    by_label = scored["embedding"].to_numpy() @ labels.T
    aucs = []
    for k, name in enumerate(names):
        gold = scored["frames"].str.split(" ").list.contains(name).fill_null(False).to_numpy()
        pattern = re.compile("|".join(f"(?:{word})" for word in book.frames[name].keywords), re.IGNORECASE)
        hits = [len(pattern.findall(text)) for text in scored["text"]]
        aucs.append([roc_auc_score(gold, values) for values in (by_label[:, k], hits, scored[f"frame_{name}"])])
    label, keywords, ours = np.mean(aucs, axis=0)
    assert ours > max(label, keywords) + 0.03
    assert ours > 0.8
