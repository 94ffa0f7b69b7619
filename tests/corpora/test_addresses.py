"""Lists of addresses without texts: the pages behind them, from a server on this machine."""

import json
from pathlib import Path

import pytest

from exported import HARBOUR, RIVER
from helpers.corpora import pages, read
from helpers.corpora.polite import Manners
from served import HTML, page, served

LONG = [*RIVER, *HARBOUR, *(f"{text} That was said on the second day." for text in (*RIVER, *HARBOUR))]


def test_a_list_of_media_cloud_gets_the_texts_of_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served({"/a": (200, HTML, page("The page's own title", LONG)), "/b": (403, HTML, b"")}) as there:
        monkeypatch.setattr(pages, "MANNERS", Manners(pause=0.0, timeout=20.0, archive=f"{there.address}/web/"))
        lines = ["stories_id,publish_date,title,url,language,media_name"]
        lines += [f"1,2024-03-26 10:11:12,A vote,{there.address}/a,en,River Gazette"]
        lines += [f"2,2024-03-27,Closed,{there.address}/b,en,The Harbour Post", "3,2024-03-28,Nowhere,,en,Hill Post"]
        (tmp_path / "stories.csv").write_text("\n".join(lines), encoding="utf-8")
        reading = read(tmp_path / "stories.csv", fetch=True)
        asked = len(there.asked)
        assert read(tmp_path / "stories.csv", fetch=True).table.equals(reading.table)
        assert there.paths()[asked:] == ["/robots.txt", "/b"], "what is there is not fetched again"
    row = reading.table.row(0, named=True)
    assert (row["id"], row["outlet"], row["title"], str(row["date"])) == ("1", "River Gazette", "A vote", "2024-03-26")
    assert row["text"].split("\n")[-len(LONG) :] == LONG and row["source"] == "stories.csv, row 1"
    assert reading.rejected.select("row", "reason", "excerpt").rows() == [
        (2, "not fetched: the publisher refuses programs or asks for a subscription (403)", "Closed"),
        (3, "not fetched: no address", "Nowhere"),
    ]


def test_what_the_list_does_not_say_the_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dated = '<meta property="article:published_time" content="2024-03-27T10:00:00Z">'
    with served({"/a": (200, HTML, page("A vote on the river", LONG, head=dated))}) as there:
        monkeypatch.setattr(pages, "MANNERS", Manners(pause=0.0, timeout=20.0, archive=f"{there.address}/web/"))
        (tmp_path / "a.jsonl").write_text(json.dumps({"url": f"{there.address}/a"}), encoding="utf-8")
        row = read(tmp_path / "a.jsonl", fetch=True).table.row(0, named=True)
    assert (row["title"], str(row["date"]), row["outlet"]) == ("A vote on the river", "2024-03-27", "127.0.0.1")
