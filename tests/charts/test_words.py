import pytest

from constructed import passages
from helpers.analyse.claims import Claim
from helpers.analyse.collocates import collocates
from helpers.analyse.concordance import concordance
from helpers.analyse.words import keyness, mark_query
from helpers.charts import words as charts

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> \u202eorder'


NEAR = {"east": "just order the far far away", "west": "new order the far far away"}


def rows(text_of: dict[str, str], n: int = 12) -> list[tuple]:
    return [(f"{side}{k}", side, f"{side} press", text) for side, text in text_of.items() for k in range(n)]


@pytest.fixture(scope="module")
def found():
    texts = {"east": "order. peace", "west": "order. liberty", "south": "order. harvest"}
    return mark_query(keyness(passages(rows(texts))), "peace")


def drawn(spec: dict) -> list[dict]:
    return next(iter(spec["datasets"].values()))


def test_keyness_draws_a_panel_for_each_side_with_its_words(found) -> None:
    figure = charts.keyness(found, most=5)
    spec = figure.chart.to_dict()
    assert [panel["title"] for panel in spec["hconcat"]] == ["East", "South", "West"]
    own = figure.table.filter(figure.table["term"].is_in(["peace", "liberty"]))
    assert own.select("side", "term").rows() == [("east", "peace"), ("west", "liberty")]
    assert "about these documents" in figure.notes[0] and "12 of East" in figure.caption
    assert {row["whose"] for row in drawn(spec) if row["term"] == "peace"} == {"word of the query"}


def test_keyness_against_one_side(found) -> None:
    figure = charts.keyness(found, other="west")
    assert set(figure.table["side"]) == {"east", "south"} and figure.title.endswith("against West")


def test_rates_draw_what_both_sides_use() -> None:
    texts = {"east": "order. peace. peace. word", "west": "order. peace. word. word"}
    figure = charts.rates(keyness(passages(rows(texts))), "east")
    row = figure.table.filter(figure.table["term"] == "word").row(0, named=True)
    assert (row["rate"], row["other_rate"]) == (2500, 5000)
    assert figure.chart.to_dict()


def test_every_key_word_leads_to_its_lines() -> None:
    plain = {"east": "the Vael Charter, order", "west": "some liberty, order"}
    found = mark_query(keyness(passages(rows(plain))), "charter")
    frame = passages(rows({**plain, "east": "the Vael\nCharter’s <i>own</i> order"}))
    figure = charts.keyness(found, passages=frame)
    shown = figure.panels.shown()
    assert figure.panels.fields == ("side", "term")
    assert 'data-key="[&quot;East&quot;,&quot;vael charter&quot;]"' in shown
    assert "<b>vael charter</b>" in shown and "12 documents, 1 outlet; a word of the query" in shown
    assert "6 of 12 lines shown. East 12 in 12 documents" in shown and "12 lines of ‘vael charter’" in shown
    assert "Charter’s</mark>" in shown and "<i>own" not in shown
    assert charts.keyness(found).panels is None


def test_collocates_draw_each_side() -> None:
    figure = charts.collocates(
        collocates(
            passages(rows({"east": "just order the far far away", "west": "new order the far far away"})),
            "order",
            window=1,
        )
    )
    assert figure.table.select("side", "term").rows() == [("east", "just"), ("west", "new")]
    assert len(figure.chart.to_dict()["hconcat"]) == 2
    near = collocates(passages(rows({"east": "just order the far far away"})), "or.er", window=1)
    assert "words of ‘order’ (" in charts.collocates(near, term="order").caption
    assert "words of ‘or.er’ (" in charts.collocates(near).caption


def test_nothing_to_draw_is_said() -> None:
    same = keyness(passages(rows({"east": "order", "west": "order"})))
    claim = charts.keyness(same)
    assert isinstance(claim, Claim) and claim.grade == "withheld" and "no term differs" in claim.reasons[0]
    assert claim.sentence == "Which words are typical of each side cannot be asked of this corpus."


def test_results_show_themselves_and_run_nothing() -> None:
    frame = passages([("d", "<b>east</b>", "<i>press</i>", HOSTILE), ("e", "west", "w", "order")])
    shown = concordance(frame, "order")._repr_html_()
    assert "<script>" not in shown and "<img" not in shown and "<i>press" not in shown and "\u202e" not in shown
    assert "&lt;img" in shown and "2 lines of ‘order’" in shown
    texts = NEAR
    assert "just" in collocates(passages(rows(texts)), "order", window=1)._repr_html_()
    assert "East against West" in keyness(passages(rows(texts)))._repr_html_()
