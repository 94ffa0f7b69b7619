"""Pages made of a few outputs, without a kernel, for the tests that look at them in a browser."""

import datetime
from pathlib import Path

import altair as alt
import nbformat.v4 as new
import numpy as np
import polars as pl

from helpers.charts import base
from helpers.report.about import About, about
from helpers.report.page import Entry, page
from helpers.study import Study

SIDES = ["state_media", "western", "un"]


def study_of(sides: dict[str, tuple[str, ...]], text: str = "A study") -> About:
    study = Study(name="bridge", path=Path("bridge.yml"), title=text, corpus=("x",), sides=sides, note=text)
    table = pl.DataFrame(
        [
            {
                "id": f"{outlet}{n}",
                "side": side,
                "outlet": outlet,
                "speaker": None,
                "country": None,
                "date": datetime.date(2020, 1, 1),
                "date_precision": "day",
                "constructed": True,
            }
            for side, outlets in sides.items()
            for outlet in outlets
            for n in range(3)
        ],
        schema_overrides={"speaker": pl.String, "country": pl.String},
    )
    parts = pl.DataFrame({"part": [text], "status": ["left out"], "sha256": ["ab"], "note": [text]})
    return about(study, table=table, parts=parts, left_out=pl.DataFrame({"reason": [text], "n_documents": [3]}))


CALM = {side: (f"{side} outlet",) for side in SIDES}


def output(data):
    return new.new_output("display_data", data)


def shown(figure):
    return output({base.FIGURE: base.as_json(figure), "text/plain": "x"})


def made(tmp_path, *outputs, about=None, title="A page", failure=None):
    """Writes the page of a notebook with those outputs; returns its path and the Page."""
    book = new.new_notebook(
        cells=[
            new.new_markdown_cell(f"# {title}\n\n## A heading\n\nText."),
            new.new_code_cell("x = 1", outputs=list(outputs)),
            new.new_markdown_cell("## Another heading"),
        ]
    )
    entry = Entry("00_page", title)
    built = page(
        book, entry=entry, entries=[entry, Entry("01_next", "Next")], about=about or study_of(CALM), failure=failure
    )
    path = tmp_path / entry.file
    path.write_text(built.text, encoding="utf-8", newline="\n")
    return path, built


def points(n: int, **columns) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    return base.named(
        pl.DataFrame(
            {
                "x": rng.normal(size=n),
                "y": rng.normal(size=n),
                "side": [SIDES[i % 3] for i in range(n)],
                "theme": [f"theme {i % 5}" for i in range(n)],
                **columns,
            }
        )
    )


def linked(table: pl.DataFrame, tooltip=("theme",)) -> alt.HConcatChart:
    brush = alt.selection_interval(name="brush")
    left = (
        alt.Chart(table, width=360, height=300)
        .mark_point()
        .encode(x="x:Q", y="y:Q", color=base.side_colour(SIDES), shape=base.side_shape(SIDES), tooltip=list(tooltip))
        .add_params(brush)
    )
    right = (
        alt.Chart(table, width=260, height=300)
        .mark_bar(color=base.INK)
        .encode(x="count():Q", y="theme:N")
        .transform_filter(brush)
    )
    return left | right


def inks(browser) -> list[int]:
    """For each chart, how many marks (SVG) or painted pixels (canvas) it shows."""
    return browser.execute_script("""
        return [...document.querySelectorAll(".chart")].map((chart) => {
          const svg = chart.querySelector("svg"), canvas = chart.querySelector("canvas");
          if (svg) return svg.querySelectorAll("path[d], text").length;
          if (!canvas) return 0;
          const held = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let painted = 0;
          for (let i = 3; i < held.length; i += 4) if (held[i]) painted += 1;
          return painted;
        });""")


def complaints(browser) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
