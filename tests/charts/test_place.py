"""Pictures and sentences of placed texts, from a result written by hand."""

import polars as pl

from constructed import passages
from helpers.analyse.place import ALL, Placed
from helpers.charts import place as charts
from helpers.charts import typical

MEASURED = {
    "document_id": "f", "title": "A title", "outlet": "New Post", "own_side": "east", "n_passages": 2,
    "percentile": 50.0, "low": 40.0, "high": 60.0, "without": "outlet", "n_texts": 20, "right": 0.5,
    "by_chance": 1 / 2, "usual_passages": 2.0,
}  # fmt: skip


def placed(*, several: bool = True, left_out: tuple[str, ...] = (), **changed: object) -> Placed:
    """Two texts, f of two passages and g of one, among three passages of two sides; only f is measured."""
    rows = [("f", "east", "New Post", "<i>One</i> council met"), ("f", "east", "New Post", "Two councils met")]
    rows += [("g", "west", "Old Post", "Three councils met")] if several else []
    n = len(rows)
    own = passages(rows, theme=1, near_theme=1, centrality=0.5).with_columns(
        title=pl.when(pl.col("document_id") == "f").then(pl.lit("A title")),
        x=pl.Series([0.1, 0.2, 0.9][:n]), y=pl.Series([0.1, 0.2, 0.9][:n]),
        label=pl.Series(["trade", None, "trade"][:n], dtype=pl.String), near_label=pl.lit("trade"),
    )  # fmt: skip
    others = passages([("e", "east", "A", "word"), ("e2", "east", "A", "word"), ("w", "west", "C", "word")])
    mapped = others.select("id", "document_id", "side", "outlet", "title").with_columns(
        theme=pl.lit("trade, tariff, quota"), x=pl.Series([0.0, 0.5, 1.0]), y=pl.Series([0.0, 0.5, 1.0])
    )
    frames = pl.concat(
        own.select("id", "document_id", "position", frame=pl.lit(name), label=pl.lit(name.title()),
                   control=pl.lit(name == "sport"), score=pl.lit(0.3), among=pl.lit(among), percentile=pl.lit(value),
                   n_passages=pl.lit(3), n_texts=pl.lit(3))
        for name, value in (("rights", 99.6), ("order", 20.0), ("sport", 100.0))
        for among in (ALL, "east", "west")
    )  # fmt: skip
    near = pl.concat(
        others.with_columns(focus_id=pl.lit(id), rank=pl.lit(1), similarity=pl.lit(0.5)) for id in own["id"]
    )
    measured = [
        {**MEASURED, "measure": measure, "side": side, "closeness": closeness, "nearest": side == "west", **changed}
        for measure, pair in (("wording", (0.7, 0.8)), ("frames", (-0.9, -0.4)))
        for side, closeness in zip(("east", "west"), pair, strict=True)
    ]  # fmt: skip
    members = pl.DataFrame(
        {"side": ["east"] * 8 + ["west"], "member": [*"ABDEFGHI", "C"], "n_texts": 10, "counted": True}
    )
    return Placed(
        pl.DataFrame(measured), own, frames, near, mapped, members, left_out, ("east", "west"), "outlet", "one"
    )


def test_passages_of_several_texts_are_told_apart() -> None:
    figure = charts.map(placed())
    assert figure.table["number"].to_list() == ["a1", "a2", "b1"]
    assert "‘A title’ (New Post) and the text of Old Post: 3 passages laid beside 3 of the corpus" in figure.caption
    assert any("1 of the text’s 3 passages belong to no theme" in note for note in figure.notes)
    assert charts.map(placed(several=False)).table["number"].to_list() == ["1", "2"]


def test_frames_of_one_text_its_own_side_first() -> None:
    figure = charts.frames(placed(), document="g")
    assert [panel["layer"][0]["title"] for panel in figure.chart.to_dict()["hconcat"]] == [
        "among West, its own side", "among East",
    ]  # fmt: skip
    # Neither the control frame nor the corpus as a whole is drawn.
    assert figure.table.select("number", "frame", "side").rows() == [
        ("b1", "Rights", "east"), ("b1", "Rights", "west"), ("b1", "Order", "east"), ("b1", "Order", "west"),
    ]  # fmt: skip


def test_sentences_by_hand() -> None:
    wording, frames, none, _ = typical.said(placed(left_out=("e9",)))
    assert wording.sentence == (
        "In wording, ‘A title’ (New Post) is nearest to the mean of West (cosine 0.80; East 0.70). It is nearer to the "
        "mean of East, its own side, than 50 % (95 % interval 40 to 60) of that side’s 20 texts are to the mean of the "
        "other outlets; the outlets' own voice, copies counted once."
    )
    assert "West (0.40 standard deviations of passages away; East 0.90)" in frames.sentence
    assert wording.reasons == (
        typical.NOT_MEANT,
        "the means are of these outlets and no others (East: A, B, D, E, F, G and 2 more; West: C)",
        "the same rule finds the side of 50 % of the corpus’s own texts, each left out in turn with its outlet "
        "(by chance 50 %)",
        "The corpus has the text itself, or copies of it, and they are left out here: e9.",
    )
    assert none.grade == "withheld" and "the text of Old Post" in none.sentence


def test_what_makes_a_text_unlike_the_others_is_said() -> None:
    claim = typical.said(placed(n_passages=9, own_side=None, right=None))[0]
    assert "nearer to the mean of West than 50 %" in claim.sentence and "its own side" not in claim.sentence
    assert any(reason.startswith("it has 9 passages, a text of that side 2 as a rule") for reason in claim.reasons)
    assert "the study puts its outlet on no side" in claim.reasons
    assert not any("by chance" in reason for reason in claim.reasons)


def test_what_is_read_names_frames_and_themes_and_runs_nothing() -> None:
    page = placed()._repr_html_()  # type: ignore[attr-defined]
    assert "Rights 99, Order 20" in page and "Sport" not in page
    assert "a2 · theme: none" in page and "<i>" not in page
