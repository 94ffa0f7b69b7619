"""Draws the README's picture from the constructed teaching corpus: data/teaching/frames.svg.

python tools/picture.py
"""

from pathlib import Path

import vl_convert

from helpers import charts
from helpers.analyse.copies import copies
from helpers.analyse.frames import frames
from helpers.codebook import open_codebook
from helpers.corpora import load
from helpers.encode import encode
from helpers.prepare import prepare
from helpers.study import open_study

TARGET = Path(__file__).resolve().parents[1] / "data" / "teaching" / "frames.svg"


def main() -> None:
    """Scores the corpus and writes the picture of how far the sides differ, on a white ground."""
    charts.enable("report")
    study = open_study("teaching")
    passages = encode(prepare(copies(load(study).table).table, words=study.words), encoder=study.encoder)
    scored = frames(passages, open_codebook(study.codebook), seed=study.seed)
    drawn = charts.frames.differences(scored).chart.properties(background="white")
    TARGET.write_text(vl_convert.vegalite_to_svg(drawn.to_json()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
