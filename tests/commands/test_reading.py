"""`workbench read`: the table, the refused rows beside it, and nothing half written."""

import polars as pl
import pytest

from exported import FACTIVA, rtf_of
from helpers.commands.reading import read_into
from helpers.errors import InputError

GOOD = (
    "The council of the upper valley met on the question of the bridge and heard three reports before it rose at noon."
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def test_writes_the_table_and_the_refused_rows_beside_it(tmp_path, capsys):
    source = tmp_path / "export.csv"
    source.write_text(f'Headline,Body,Published\nA,"{GOOD}",2024-03-01\n=B,too short,2024-03-02\n', encoding="utf-8")
    out = tmp_path / "out" / "texts.parquet"
    read_into(out, [str(source)], side="un", outlet="Valley Council", date="2024")
    table = pl.read_parquet(out)
    assert table.select("side", "outlet", "title").rows() == [("un", "Valley Council", "A")]
    refused = pl.read_csv(tmp_path / "out" / "texts.rejected.csv")
    assert refused.select("file", "row", "excerpt").rows() == [("export.csv", 2, "'=B")]
    assert "20 words" in refused["reason"][0]
    said = capsys.readouterr().out
    assert "title in 'Headline'" in said and "1 document\n" in said and "1 row left out" in said
    assert sorted(p.name for p in out.parent.iterdir()) == ["texts.parquet", "texts.rejected.csv"]


def test_an_old_list_of_refused_rows_goes_when_none_is_refused(tmp_path):
    source, out = tmp_path / "a.txt", tmp_path / "a.parquet"
    source.write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.rejected.csv").write_text("old", encoding="utf-8")
    read_into(out, [str(source)], outlet="X")
    assert not (tmp_path / "a.rejected.csv").exists()


def test_places_that_will_not_do(tmp_path):
    source = tmp_path / "texts" / "a.txt"
    source.parent.mkdir()
    source.write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=r"Name it out\.parquet"):
        read_into(tmp_path / "out.csv", [str(source)])
    with pytest.raises(InputError, match="part of what is read"):
        read_into(source.parent / "out.parquet", [str(source.parent)])
    old = tmp_path / "old.parquet"
    read_into(old, [str(source)])
    with pytest.raises(InputError, match="overwrite what is read"):
        read_into(old, [str(old)])


def test_a_failed_write_leaves_the_old_table(tmp_path, monkeypatch):
    source, out = tmp_path / "a.txt", tmp_path / "a.parquet"
    source.write_text(GOOD, encoding="utf-8")
    out.write_bytes(b"old")

    def full(self, place):
        place.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space"):
        read_into(out, [str(source)])
    assert out.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "cache") == ["a.parquet", "a.txt"]


def test_says_which_news_database_an_export_comes_from(tmp_path, capsys):
    rtf_of(tmp_path / "Factiva-20240405-1011.rtf", FACTIVA)
    read_into(tmp_path / "a.parquet", [str(tmp_path / "Factiva-20240405-1011.rtf")])
    said = capsys.readouterr().out
    assert (
        "export of Factiva (1 file): id in 'AN', title in 'HD'" in said
        and "outlet in 'SN'" in said
        and "recognised:" not in said
    )
