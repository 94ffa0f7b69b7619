"""The seed case: a text of the user's, from a file on the disk to its place among a corpus, and what a reader sees."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import polars as pl
import pytest
import sklearn.manifold  # noqa: F401  (loaded before its threads are limited)
from threadpoolctl import threadpool_limits

from helpers import charts
from helpers.analyse.copies import copies
from helpers.analyse.frames import frames
from helpers.analyse.place import Placed, place
from helpers.analyse.themes import themes
from helpers.charts.base import as_json
from helpers.cli import main
from helpers.codebook import open_codebook
from helpers.corpora import load, load_focus
from helpers.encode import encode
from helpers.errors import InputError
from helpers.paths import data_folder
from helpers.prepare import prepare
from helpers.study import open_study

ARTICLE = """The vote that the small states won

When the Assembly of the Concord adopted its first text on thinking machines by acclamation, the capitals that build
them spoke of a technical matter, well settled among engineers. It was nothing of the kind. For two winters the
delegations of the lower basin had asked one question, and had asked it patiently: who writes the rules by which a
machine will judge a farmer's loan or a patient's turn, and by what right does a company on another continent write
them for all?

The text answers as the Charter would have it. Every state, large or small, has the right to choose its own path to
these machines, and none may be told that its laws come after another's terms of service. <b>Sovereignty</b> is not a
wall against the future; it is the door through which a people decides to let the future in. Those who called the
clause a step backward have never had to ask permission to take a step.

There is a second lesson, and it concerns development. Nine tenths of the computing halls stand in five countries, and
the price of an hour in one of them is a schoolteacher's month in ours. A rule that leaves this as it is may be fair
on paper. The states that tabled the text asked for halls, for teachers and for the power lines that feed them, and
they were joined by a hundred and twenty others. A world of many centres is not a threat to order: it is what order
looks like when everyone has a seat.
"""


class Words:
    """A toy encoder: a text is the words that it uses, each thrown into one of 96 bins, common ones weighing less."""

    name, dimension, fingerprint = "words", 96, "words"
    common = frozenset({"the", "of", "and", "to", "a", "in", "that", "is", "it", "for", "on", "as", "by", "with", "or"})

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        made = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                made[row, crc32(word.strip(".,:;").encode()) % 96] += 0.05 if word in self.common else 1.0
        return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    folder = tmp_path_factory.mktemp("seed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(folder / "cache"))
        return _from_file_to_place(folder)


def _from_file_to_place(folder: Path) -> Placed:
    article = folder / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    table = folder / "article.parquet"
    asked = ["--side", "state_media", "--outlet", "Basin Herald", "--date", "2024-03-26", "--out", str(table)]
    assert main(["read", str(article), *asked]) == 0
    shipped = open_study("teaching")
    lines = (data_folder() / "teaching" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    texts = folder / "some.jsonl"
    texts.write_text("\n".join(_of_each_outlet(lines, 11)), encoding="utf-8")
    (folder / "own.yml").write_text(
        json.dumps({"name": "own", "corpus": "some.jsonl", "focus": "article.parquet", "seed": 3}
                   | {"sides": {side: list(outlets) for side, outlets in shipped.sides.items()}}),
        encoding="utf-8",
    )  # fmt: skip
    study = open_study(folder / "own.yml")
    encoder = Words()

    def vectors(documents: pl.DataFrame) -> pl.DataFrame:
        return encode(prepare(documents, words=study.words), encoder=encoder, progress=False)

    passages = vectors(copies(load(study).table).table)
    # Threads that wait for each other make a small map ten times slower on a busy machine.
    with threadpool_limits(1):
        clusters = themes(passages, count=6, runs=4, seed=study.seed)
    scored = frames(passages, open_codebook(study.codebook, near=study.path), encoder=encoder, seed=study.seed)
    return place(vectors(load_focus(study)), passages, themes=clusters, frames=scored, most=3, encoder=encoder)


def _of_each_outlet(lines: list[str], most: int) -> list[str]:
    """So many documents of each outlet: enough for a mean, few enough for a quick test."""
    taken: Counter[str] = Counter()
    kept = []
    for line in lines:
        outlet = json.loads(line)["outlet"]
        taken[outlet] += 1
        if taken[outlet] <= most:
            kept.append(line)
    return kept


def test_the_text_comes_out_placed(placed: Placed) -> None:
    assert placed.passages["outlet"].unique().to_list() == ["Basin Herald"] and placed.left_out == ()
    assert placed.passages["side"].unique().to_list() == ["state_media"]
    n = len(placed.passages)
    assert n >= 3 and placed.passages["x"].is_finite().all()
    inside = placed.mapped.select(pl.col("x", "y").min().name.suffix("0"), pl.col("x", "y").max().name.suffix("1")).row(
        0
    )
    assert placed.passages["x"].is_between(inside[0], inside[2]).all()
    assert placed.passages["y"].is_between(inside[1], inside[3]).all()
    assert len(placed.frames) == n * 15 * 4 and placed.frames["percentile"].is_between(0, 100).all()
    assert placed.near.group_by("focus_id", "side").len()["len"].to_list() == [3] * (3 * n)
    assert placed.table.select("measure", "side").n_unique() == 6
    own = placed.table.filter(side="state_media")
    # The corpus has nothing else of this outlet, so the others are held against means without their own outlets.
    assert own["without"].to_list() == ["outlet", "outlet"]


def test_what_is_said_of_it(placed: Placed) -> None:
    wording, by_frames = charts.typical.said(placed)
    assert (wording.grade, by_frames.grade) == ("described", "described")
    nearest = placed.table.filter(pl.col("nearest") & (pl.col("measure") == "wording")).row(0, named=True)
    assert f"cosine {nearest['closeness']:.2f}" in wording.sentence
    own = placed.table.filter((pl.col("side") == "state_media") & (pl.col("measure") == "frames")).row(0, named=True)
    assert f"{own['percentile']:.0f} % (95 % interval" in by_frames.sentence
    assert "its own side" in by_frames.sentence
    assert wording.sentence.startswith("In wording, ‘The vote that the small states won’ (Basin Herald) is nearest to")
    assert any("does not say who wrote a text" in reason for reason in wording.reasons)
    assert any("these outlets and no others" in reason and "Meridian Daily" in reason for reason in wording.reasons)
    assert any("by chance 33 %" in reason for reason in wording.reasons)


def test_what_is_drawn(placed: Placed) -> None:
    drawn = charts.place.map(placed)
    assert drawn.table["number"].to_list() == [str(k + 1) for k in range(len(placed.passages))]
    marks = [layer["mark"].get("type") for layer in as_json(drawn)["spec"]["layer"]]
    assert marks == ["point", "text", "point", "text"]
    figure = charts.place.frames(placed)
    panels = [panel["layer"][0]["title"] for panel in as_json(figure)["spec"]["hconcat"]]
    assert panels == ["among State media, its own side", "among Western", "among UN"]
    assert len(figure.table) == len(placed.passages) * 12 * 3 and "Basin Herald" in figure.caption
    with pytest.raises(InputError, match="no text 'x' was placed"):
        charts.place.frames(placed, document="x")


def test_what_is_read_runs_nothing(placed: Placed) -> None:
    page = placed._repr_html_()  # type: ignore[attr-defined]
    assert page.count("Nearest on each side") == len(placed.passages) and page.count('class="abreast"') >= 3
    assert "<b>" not in page and "Sovereignty" in page and "Basin Herald" in page
