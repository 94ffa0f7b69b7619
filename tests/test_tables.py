"""What enters as a table is a table, or an error that names the column and the row."""

import datetime

import polars as pl
import pytest

from helpers.errors import InputError
from helpers.tables import DOCUMENTS, LABELS, PASSAGES, as_documents, as_passages, need


def documents(**columns):
    plain = {"id": ["a", "b"], "outlet": ["Post", "Post"], "text": ["x", "y"], "language": ["en", "en"],
             "source": ["here", "here"], "constructed": [True, True]}  # fmt: skip
    return pl.DataFrame({**plain, **columns})


def passages(**columns):
    plain = {"id": ["a#000"], "document_id": ["a"], "position": [0], "text": ["x"], "start": [0], "end": [1],
             "voice": ["outlet"], "quoted_share": [0.0], "n_words": [1], "outlet": ["Post"], "language": ["en"],
             "constructed": [True]}  # fmt: skip
    return pl.DataFrame({**plain, **columns})


def test_documents_have_exactly_the_declared_columns_and_types():
    made = as_documents(documents(side=["un", None], other=[1, 2], date=[datetime.date(2017, 2, 3), None]))
    assert dict(made.schema) == {name: column.dtype for name, column in DOCUMENTS.items()}
    assert made["side"].to_list() == ["un", None]
    assert made["date"].to_list() == [datetime.date(2017, 2, 3), None]
    assert made["speaker"].null_count() == 2


def test_passages_keep_later_columns():
    vectors = pl.Series([[1.0, 0.0]], dtype=pl.Array(pl.Float32, 2))
    made = as_passages(passages(embedding=vectors, theme=[3]))
    assert made.columns == [*PASSAGES, "embedding", "theme"]
    assert made.schema["embedding"] == pl.Array(pl.Float32, 2)
    assert as_passages(passages()).columns == list(PASSAGES)


def test_an_empty_table_is_a_table():
    assert as_documents(documents().head(0)).height == 0


@pytest.mark.parametrize("column", [name for name, declared in DOCUMENTS.items() if declared.required])
def test_a_required_column_must_be_there_and_full(column):
    with pytest.raises(InputError, match=f"mine.csv: column '{column}' is absent"):
        as_documents(documents().drop(column), where="mine.csv")
    holed = documents().with_columns(
        pl.when(pl.col("source").cum_count() == 2).then(None).otherwise(pl.col(column)).alias(column)
    )
    with pytest.raises(InputError, match=f"column '{column}' is empty in 1 rows, first in row 2"):
        as_documents(holed)


@pytest.mark.parametrize("column", [name for name, declared in PASSAGES.items() if declared.required])
def test_so_must_those_of_passages(column):
    with pytest.raises(InputError, match=f"column '{column}' is absent"):
        as_passages(passages().drop(column))


def test_an_id_comes_once():
    with pytest.raises(InputError, match="id 'a' comes more than once"):
        as_documents(documents(id=["a", "a"]))
    twice = pl.concat([passages(), passages()])
    with pytest.raises(InputError, match="id 'a#000' comes more than once"):
        as_passages(twice)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"date": ["2017-02-03", "yesterday"]}, "wrong type"),
        ({"constructed": ["yes", "no idea"]}, "wrong type"),
        ({"date_precision": ["day", "decade"]}, r"unknown date_precision; expected day, month or year; found \['dec"),
    ],
)
def test_wrong_values_are_named(columns, message):
    with pytest.raises(InputError, match=message):
        as_documents(documents(**columns))


def test_a_voice_is_one_of_two():
    with pytest.raises(InputError, match=r"unknown voice; expected outlet or quoted; found \['editor'\]"):
        as_passages(passages(voice=["editor"]))


def test_need_says_what_is_there_and_what_to_do():
    with pytest.raises(InputError, match=r"passages: column 'b', 'c' is absent; found a\. Run that\."):
        need(pl.DataFrame({"a": [1]}), ["a", "b", "c"], where="passages", do="Run that.")
    need(pl.DataFrame({"a": [1]}), ["a"], where="passages", do="")
    with pytest.raises(InputError, match="found no column"):
        need(pl.DataFrame(), ["a"], where="passages", do="")


def test_passages_take_all_labels_of_their_document():
    assert set(LABELS) == set(DOCUMENTS) - {"id", "text", "source"}
    assert set(LABELS) <= set(PASSAGES)
