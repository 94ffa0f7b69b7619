import datetime

import pytest

from helpers.analyse.portrait import portrait
from helpers.charts import portrait as charts
from helpers.errors import InputError
from portrayed import corpus, cut, documents, two_sides

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def shown(rows: list[dict], **given: object):
    table = documents(rows)
    return portrait(corpus(table, **given), table, cut(table))  # type: ignore[arg-type]


def dated() -> list[dict]:
    """The east in January and March, the west in all three months."""
    months = {"east": (1, 3), "west": (1, 2, 3)}
    rows = two_sides(18, 18)
    return [
        {**row, "date": datetime.date(2017, months[row["side"]][k % len(months[row["side"]])], 5)}
        for k, row in enumerate(rows)
    ]


def test_time_has_a_row_a_side_and_marks_the_gap() -> None:
    figure = charts.time(shown(dated()))
    spec = figure.chart.to_dict()
    assert [panel["title"] for panel in spec["vconcat"]] == ["East", "West"]
    assert figure.table.filter(side="east")["missing"].to_list() == [False, True, False]
    assert figure.notes == ("East: no document in February 2017.",)
    gap, bars = spec["vconcat"][0]["layer"]
    assert gap["transform"][-1] == {"filter": {"field": "missing", "equal": True}} and gap["mark"]["strokeDash"]
    assert bars["encoding"]["y"]["scale"]["domain"] == [0, 9]


def test_time_of_sides_whose_dates_are_of_different_kinds() -> None:
    rows = [{**row, "date_precision": "year"} if row["side"] == "west" else row for row in dated()]
    figure = charts.time(shown(rows))
    assert [panel["title"] for panel in figure.chart.to_dict()["vconcat"]] == ["East, by month", "West, by year"]
    assert figure.title == "Documents by month or year"


def test_documents_without_a_date_are_said() -> None:
    rows = dated()
    rows[0]["date"] = None
    assert charts.time(shown(rows)).notes[-1].startswith("1 document without a date")
    with pytest.raises(InputError, match="no document has a date"):
        charts.time(shown([{**row, "date": None} for row in two_sides()]))


def test_outlets_with_too_few_documents_are_hollow_and_named() -> None:
    figure = charts.outlets(shown(two_sides()))
    assert figure.notes == (
        "Lamp (East) has 2 documents that count, fewer than 10: it is described, and enters no mean over outlets.",
    )
    filled, hollow, _ = figure.chart.to_dict()["vconcat"][0]["layer"]
    assert filled["transform"][-1] == {"filter": {"field": "counted", "equal": True}}
    assert hollow["transform"][-1] == {"filter": {"field": "counted", "equal": False}} and hollow["mark"]["strokeDash"]
    assert (
        figure.caption
        == "Documents of each outlet in this corpus (12 of East from 2 outlets, 12 of West from 1 outlet)."
    )


def test_more_outlets_than_a_chart_names_are_counted() -> None:
    rows = [{"id": f"e{k}", "side": "east", "outlet": f"paper {k}"} for k in range(25)]
    figure = charts.outlets(shown(rows + two_sides(0, 12)))
    assert figure.notes[-1] == "5 outlets with fewer documents are not drawn." and figure.table.height == 26


def test_lengths_leave_out_classes_that_nobody_has() -> None:
    rows = two_sides()
    rows[0]["text"] = "order " * 250
    figure = charts.lengths(shown(rows))
    assert figure.table["least"].unique().sort().to_list() == [0, 100, 200]
    assert figure.caption == "Median words of a document, and the middle half: East 18 (18 to 18), West 18 (18 to 18)."


def test_verdicts_show_themselves_as_claims(capsys: pytest.CaptureFixture[str]) -> None:
    charts.verdicts(shown(two_sides()))
    assert capsys.readouterr().out.startswith("Claim(")


def test_a_portrait_shows_itself_and_runs_nothing() -> None:
    rows = [{**row, "outlet": HOSTILE, "kind": HOSTILE} if row["side"] == "west" else row for row in two_sides()]
    html = shown(rows, query="order", left_out=[(HOSTILE, HOSTILE, HOSTILE, 2)])._repr_html_()
    assert "<script>" not in html and "<img" not in html and "&lt;script&gt;" in html
    for heading in ("The sides", "The outlets", "Kinds of documents", "The query ‘order’", "What was left out"):
        assert heading in html
    assert "constructed for teaching" in html
    told = [claim.sentence for claim in shown(rows, query="order").verdicts]
    assert any("not on kinds" in sentence for sentence in told)
