"""Corpora, copies and contrasts as they show themselves in a notebook."""

from constructed import passages
from helpers import charts
from helpers.analyse.contrasts import compare
from helpers.analyse.copies import copies
from helpers.analyse.units import units
from portrayed import corpus, documents, two_sides

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def harmless(shown: str) -> bool:
    return "<script>" not in shown and "<img" not in shown and "&lt;script&gt;" in shown


def test_every_kind_of_result_has_its_way() -> None:
    assert {"contrasts", "copies", "corpus", "portrait", "themes"} <= set(charts.__all__)


def test_a_corpus_tells_its_outlets_parts_and_what_was_left_out() -> None:
    table = documents([{**row, "outlet": HOSTILE} if row["side"] == "west" else row for row in two_sides()])
    gone = [("on no side", HOSTILE, "Moon", 3)]
    made = corpus(table, query=HOSTILE, left_out=gone, parts=[("far", "left out", 0, None, HOSTILE, False)])
    shown = made._repr_html_()
    assert harmless(shown) and "24 documents that match" in shown and "12 of East, 12 of West" in shown
    assert "What was left out" in shown and "<td>Dawn</td>" in shown and "constructed for teaching" in shown


def test_a_corpus_from_which_nothing_was_left_out() -> None:
    assert "What was left out" not in corpus(documents(two_sides()))._repr_html_()


def test_copies_tell_where_a_text_stands() -> None:
    text = "the order of the sea is kept by those who sail it and by nobody else at all"
    rows = [
        {"id": "a", "side": "east", "outlet": "Dawn", "text": text, "title": HOSTILE},
        {"id": "b", "side": "west", "outlet": "Dusk", "text": text, "title": "Second"},
        {"id": "c", "side": "west", "outlet": "Dusk", "text": "another text of which there is one and one alone"},
    ]
    shown = copies(documents(rows))._repr_html_()
    assert harmless(shown) and "Second" not in shown
    assert "1 of 3 documents repeat an earlier one" in shown and "<td>Dawn, Dusk</td><td>East, West</td>" in shown
    assert "No document repeats another (1 were compared)" in copies(documents(rows[2:]))._repr_html_()


def test_contrasts_tell_what_they_stand_on() -> None:
    rows = [(f"{s}{k}", s, f"{s} press", "text") for s in ("east", HOSTILE) for k in range(12)]
    frame = passages(rows, score=[float(k % 3) for k in range(24)])
    shown = compare(units(frame, ["score"]), ["score"], replicates=50, unit="points of a scale")._repr_html_()
    assert harmless(shown) and "Differences between means of outlets (points of a scale)" in shown
    assert "95 % intervals" in shown and "50 resamples" in shown
