"""The rules are tried on constructed lines of the same shape; the real wheel only where it can be had."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from helpers.corpora.files import gather
from helpers.corpora.news import INSIDE, read_news, repaired, sheet_of
from helpers.errors import InputError

STORY = (
    "The council of the river states met on Monday to settle who may draw water in a dry year. "
    "Delegates of the upper basin said that the old treaty no longer served them, and asked for a vote."
)
HEAD = "article_id,publish_date,article_source_link,title,subtitle,text\n"


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ('the states"?old quarrel', "the states' old quarrel"),
        ('"we will wait,"?the warden said', '"we will wait," the warden said'),
        ('the vote "?the third this year "?failed', "the vote – the third this year – failed"),
        ('it"�s late and we don"t know', "it's late and we don't know"),
        ('called it "�very late"?today', 'called it "very late" today'),
        ("They went home.- The rain came.", "They went home. The rain came."),
        ("The end.    A new start", "The end.\nA new start"),
        (
            "They left. READ MORE: River states quarrel over a dam The warden said nothing.",
            "They left. The warden said nothing.",
        ),
    ],
)
def test_damaged_characters(damaged: str, whole: str) -> None:
    assert " ".join(repaired(damaged, outlet="CNN").split(" ")) == whole


@pytest.mark.parametrize(
    ("outlet", "text"),
    [
        ("TASS", "RIVERTON, February 7. /TASS/. {}"),
        ("TASS", "UPTON /Upland/, March 25. /TASS, Ann Bell/. {}"),
        ("TASS", "- {}"),
        ("China Daily", "{} bell@chinadaily.com.cn (China Daily European Weekly 12/16/2016 page2)"),
        ("China Daily", "{} The author is a ferryman. The views do not necessarily reflect those of China Daily."),
        ("BBC", "Share this with {}"),
        ("BBC", "{} Let us know about your experiences. Email haveyoursay@bbc.co.uk with your stories."),
        ("CNN", "Riverton (CNN){}"),
        ("DW", "{} ab/cd (AFP, dpa, Reuters) -"),
        ("DW", "{} Send Facebook Twitter Google+ Whatsapp Permalink http://dw.com/p/2X4DB"),
        ("ABC News", '{} "?Follow Ann Bell on Twitter at http://twitter.com/annbell.'),
        ("ABC News", "{} Ann Bell in Riverton contributed to this report."),
        ("HuffPost", "{} Share this slide: How will the dam impact you? Learn more"),
        ("HuffPost", 'RIVERTON "?{}'),
        ("RTE", "{} View Comments"),
        ("Al Jazeera", "{} Source:-Al Jazeera and news agencies"),
        ("Al Jazeera", "Riverton, Upland - {}"),
    ],
)
def test_what_is_not_the_article_goes(outlet: str, text: str) -> None:
    assert repaired(text.format(STORY), outlet=outlet) == STORY


def test_rows_become_documents_and_an_address_counts_once() -> None:
    rows = [
        ("1", "2017/2/7", "http://tass.com/world/1", "A title", STORY),
        ("2", "2017/2/8", "http://tass.com/world/1", "Again", STORY + " Later."),
        ("3", "2017/2/8", "http://tass.com/press-releases/3", "Bought", STORY + " Buy now."),
        ("4", "2017/2/8", "http://elsewhere.example/4", "Where", STORY + " Elsewhere."),
    ]
    written = io.StringIO()
    csv.writer(written).writerows([(i, day, url, title, "", text) for i, day, url, title, text in rows])
    reading = gather([sheet_of(csv.DictReader(io.StringIO(HEAD + written.getvalue())))])
    columns = reading.table.select("id", "outlet", "country", "kind", "date", "url").rows()
    assert [(a, b, c, d, str(e), f) for a, b, c, d, e, f in columns] == [
        ("news-2017-1", "TASS", "RUS", "news", "2017-02-07", "http://tass.com/world/1"),
        ("news-2017-3", "TASS", "RUS", "press release", "2017-02-08", "http://tass.com/press-releases/3"),
    ]
    assert reading.rejected["reason"].to_list() == [
        "the same address twice: news-2017-1",
        "an address of no known outlet",
    ]


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_no_wheel(tmp_path: Path, content: bytes) -> None:
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(content)
    with pytest.raises(InputError, match="not the wheel that holds news-2017, or damaged"):
        read_news(wheel)


def test_a_wheel_with_a_damaged_inside(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(INSIDE, b"no archive")
    with pytest.raises(InputError, match="not the wheel"):
        read_news(wheel)
