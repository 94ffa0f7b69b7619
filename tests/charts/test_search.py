import polars as pl

from constructed import passages
from helpers.analyse.search import read, search
from helpers.charts import search as charts

TEXT = "Before.\n<script>x</script> the order\nholds. After."
END = TEXT.index(" After")


def test_found_passages_are_marked_and_run_nothing() -> None:
    found = search(passages([("d", "east", "A", TEXT)]), "order|x", by="word")
    shown = found._repr_html_()
    assert "<mark>order</mark>" in shown and "<script>" not in shown
    assert "Nothing found" in search(passages([("d", "east", "A", TEXT)]), "zzz", by="word")._repr_html_()


def test_a_place_marks_its_passage_over_its_lines() -> None:
    frame = passages([("d", "east", "A", TEXT)]).with_columns(start=8, end=END, text=pl.lit(TEXT[8:END]))
    documents = pl.DataFrame({"id": ["d"], "text": [TEXT], "outlet": ["A"], "url": ["javascript:alert(1)"]})
    place = read(documents, "d#000", passages=frame)
    shown = charts._place(place)
    assert "<p><mark>&lt;script&gt;x&lt;/script&gt; the order</mark></p><p><mark>holds.</mark> After.</p>" in shown
    assert "javascript" not in shown.replace("javascript:alert(1)</", "") and "href" not in shown
