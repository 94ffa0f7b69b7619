import json
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest

from helpers.corpora import formats, read
from helpers.errors import InputError
from helpers.tables import DOCUMENTS

STORY = (
    "The council of the river states met on Monday to settle who may draw water in a dry year. "
    "Delegates of the upper basin said that the old treaty no longer served them, and asked for a vote."
)
OTHER = (
    "Harbour masters along the northern coast have agreed on a single form for every ship that calls. "
    "The form replaces nine others, and captains welcomed it as the first good news of the winter."
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_of(path: Path, *rows: tuple[str, ...], head: str = "Headline,Published,Publication,Full text") -> Path:
    lines = [head, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
    return write(path, "\n".join(lines))


def test_csv_with_other_names_of_columns(tmp_path: Path) -> None:
    file = csv_of(tmp_path / "a.csv", ("Dry year", "7 February 2017", "River Gazette", STORY))
    reading = read(file)
    assert reading.table.columns == list(DOCUMENTS)
    row = reading.table.row(0, named=True)
    assert (row["title"], row["outlet"], str(row["date"]), row["date_precision"]) == (
        "Dry year",
        "River Gazette",
        "2017-02-07",
        "day",
    )
    assert (row["text"], row["language"], row["side"], row["constructed"]) == (STORY, "en", None, False)
    assert row["source"] == "a.csv, row 1"
    assert ("a.csv", "text", "Full text") in reading.recognised.rows()
    assert reading.rejected.height == 0


def test_what_is_given_holds_over_what_the_file_says(tmp_path: Path) -> None:
    file = csv_of(tmp_path / "a.csv", ("Dry year", "2017-02-07", "River Gazette", STORY))
    row = read(file, side="west", outlet="Hill Post", date="2024-03").table.row(0, named=True)
    assert (row["side"], row["outlet"], str(row["date"]), row["date_precision"]) == (
        "west",
        "Hill Post",
        "2024-03-01",
        "month",
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = STORY + (" Señor Núñez was full." if encoding == "latin-1" else " Señor Núñez's “café” was full.")
    row = read(csv_of(tmp_path / "a.csv", ("É", "2017", "O", text)).with_suffix(".csv")).table
    assert row["text"][0] == text
    file = write(tmp_path / "b.csv", f'title,text\nÉ,"{text}"', encoding)
    assert read(file).table["text"][0] == text


def test_every_kind_of_file_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    record = {"title": "T", "outlet": "O", "date": "2017-02-07"}
    stories = [f"{STORY} Number {n} of them." for n in range(8)]
    csv_of(folder / "a.csv", ("T", "2017", "O", stories[0]))
    write(folder / "b.tsv", f"title\ttext\nT\t{stories[1]}\n")
    write(folder / "c.jsonl", json.dumps({**record, "text": stories[2]}) + "\n\n")
    write(folder / "d.json", json.dumps({"articles": [{**record, "body": stories[3].split(". ")}]}))
    pl.DataFrame([{**record, "content": stories[4]}]).write_parquet(folder / "e.parquet")
    write(folder / "deep" / "f.txt", f"A headline\n\n{stories[5]}")
    paragraphs = f"<p>{stories[6]}</p><p>{OTHER}</p>"
    write(
        folder / "g.html",
        f"<html><head><title>Page</title></head><body><article><h1>Page</h1>{paragraphs}</article></body></html>",
    )
    with zipfile.ZipFile(folder / "h.zip", "w") as archive:
        archive.writestr("inside/i.txt", stories[7])
    write(folder / ".hidden.csv", "nothing")
    reading = read(folder)
    assert reading.rejected.height == 0
    assert sorted(source.split(",")[0] for source in reading.table["source"]) == [
        f"texts/{name}"
        for name in ("a.csv", "b.tsv", "c.jsonl", "d.json", "deep/f.txt", "e.parquet", "g.html", "h.zip/inside/i.txt")
    ]
    titles = dict(zip(reading.table["source"], reading.table["title"], strict=True))
    assert titles["texts/deep/f.txt"] == "A headline"


def test_a_pattern(tmp_path: Path) -> None:
    csv_of(tmp_path / "a1.csv", ("T", "2017", "O", STORY))
    csv_of(tmp_path / "a2.csv", ("T", "2017", "O", OTHER))
    csv_of(tmp_path / "b.csv", ("T", "2017", "O", STORY + " More."))
    assert read(str(tmp_path / "a*.csv")).table.height == 2


def test_ids_stay_the_same_and_given_ones_are_kept(tmp_path: Path) -> None:
    made = read(csv_of(tmp_path / "a.csv", ("T", "2017", "O", STORY))).table["id"][0]
    again = read(csv_of(tmp_path / "z.csv", ("X", "2018", "O", OTHER), ("T", "2017", "O", STORY))).table["id"][1]
    assert made == again and len(made) == 16
    given = write(tmp_path / "g.jsonl", json.dumps({"id": 7, "text": STORY}))
    assert read(given).table["id"][0] == "7"


def test_an_id_used_in_two_files_gets_the_name_of_the_second(tmp_path: Path) -> None:
    first = write(tmp_path / "one.jsonl", json.dumps({"id": "1", "text": STORY}))
    second = write(tmp_path / "two.jsonl", json.dumps({"id": "1", "text": OTHER}))
    assert read([first, second]).table["id"].to_list() == ["1", "two:1"]


def test_bad_rows_are_listed_and_the_good_part_is_kept(tmp_path: Path) -> None:
    rows = [
        {"id": "good", "text": STORY, "date": "2017-02-07"},
        {"id": "empty", "text": "  "},
        {"id": "short", "text": "Too few words."},
        {"id": "date", "text": OTHER, "date": "soon"},
        {"id": "good", "text": OTHER, "date": "2017-02-07"},
        {"id": "good", "text": STORY, "date": "2017-02-07"},
        "not a record",
    ]
    lines = [json.dumps(row) for row in rows] + ["{broken"]
    reading = read(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert reading.table["id"].to_list() == ["good"]
    found = reading.rejected.select("row", "id", "reason").rows()
    assert sorted(found, key=lambda bad: bad[0]) == [
        (2, "empty", "no text"),
        (3, "short", "text of under 20 words (3)"),
        (4, "date", "not a date: soon"),
        (5, "good", "the id of another text: 'good'"),
        (6, "good", "the same row twice"),
        (7, None, "not a record of named values"),
        (8, None, "not valid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ]
    assert reading.rejected["excerpt"].str.len_chars().max() <= 80


def test_ambiguous_dates_are_refused_unless_the_column_decides(tmp_path: Path) -> None:
    unclear = csv_of(tmp_path / "a.csv", ("T", "03/04/2017", "O", STORY), ("U", "2017-05-06", "O", OTHER))
    reading = read(unclear)
    assert reading.table["title"].to_list() == ["U"]
    assert reading.rejected["reason"][0].startswith("ambiguous date: 03/04/2017")
    clear = csv_of(tmp_path / "b.csv", ("T", "03/04/2017", "O", STORY), ("U", "25/12/2016", "O", OTHER))
    assert [str(day) for day in read(clear).table["date"]] == ["2017-04-03", "2016-12-25"]


def test_own_side_language_and_constructed_are_kept_and_tables_come_back_whole(tmp_path: Path) -> None:
    record = {
        "side": "upper",
        "text": STORY,
        "language": "English",
        "constructed": True,
        "country": "Upland",
        "speaker": "The Warden",
    }
    reading = read(write(tmp_path / "a.jsonl", json.dumps(record)))
    row = reading.table.row(0, named=True)
    assert (row["side"], row["language"], row["constructed"], row["speaker"]) == ("upper", "en", True, "The Warden")
    reading.table.write_parquet(tmp_path / "again.parquet")
    assert read(tmp_path / "again.parquet").table.equals(reading.table)


def test_outlet_where_no_column_says(tmp_path: Path) -> None:
    assert read(write(tmp_path / "gazette.txt", STORY)).table["outlet"][0] == "gazette"
    record = {"text": STORY, "url": "https://www.hill.example/a"}
    assert read(write(tmp_path / "a.jsonl", json.dumps(record))).table["outlet"][0] == "hill.example"


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    title = "</script><script>alert(1)</script> \u202eevil"
    row = read(write(tmp_path / "a.jsonl", json.dumps({"title": title, "text": STORY + " \ud800\x00"}))).table.row(
        0, named=True
    )
    assert row["title"] == "</script><script>alert(1)</script> evil"
    assert row["text"] == STORY


def test_a_page_with_an_end_of_script_in_its_title(tmp_path: Path) -> None:
    title = "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; A vote"
    body = f"<article><h1>A vote</h1><p>{STORY}</p><p>{OTHER}</p></article>"
    page = write(tmp_path / "a.html", f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    row = read(page).table.row(0, named=True)
    assert row["title"] in ("</script><script>alert(1)</script> A vote", "A vote")
    assert STORY in row["text"] and "alert" not in row["text"]


def test_no_text_column_names_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.csv: no column holds the text.*found 'Titel', 'Datum'"):
        read(write(tmp_path / "a.csv", "Titel,Datum\nx,2017\n"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("blank.txt", b" \n ", "the file is empty"),
        ("head.csv", b"title,text\n", "no rows below the head"),
        ("noise.csv", bytes(range(256)) * 20, "this is no text"),
        ("noise.html", bytes(range(256)) * 20, "this is no text"),
        ("noise.parquet", b"PAR1" + bytes(range(256)) * 20, "not a readable Parquet file"),
        ("noise.zip", b"PK\x03\x04" + bytes(range(256)), "not a whole ZIP archive"),
        ("broken.json", b'{"a": [', "not valid JSON"),
        ("deep.json", b"[" * 100_000, "not valid JSON"),
        ("page.html", b"<html><body></body></html>", "no article found"),
        ("old.doc", b"some words", "a file of kind .doc is not read"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(bad)
    good = csv_of(tmp_path / "good.csv", ("T", "2017", "O", STORY))
    reading = read([bad, good])
    assert reading.table.height == 1
    assert reading.rejected["file"].to_list() == [name]
    assert message.split(".")[0] in reading.rejected["reason"][0]


def test_no_such_file_and_a_folder_with_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="no such file"):
        read(str(tmp_path / "*.csv"))
    with pytest.raises(InputError, match="no file to read in the folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="the date given cannot be read"):
        read(csv_of(tmp_path / "a.csv", ("T", "2017", "O", STORY)), date="soon")


def test_a_line_of_fifty_megabytes(tmp_path: Path) -> None:
    huge = "x" * 50_000_000
    started = time.monotonic()
    lines = read(write(tmp_path / "a.jsonl", json.dumps({"text": huge}) + "\n" + json.dumps({"text": STORY})))
    assert lines.table.height == 1
    assert lines.rejected["reason"].to_list() == ["a line of more than 20 MB"]
    cells = read(write(tmp_path / "a.csv", f'title,text\nT,"{huge}"\nU,"{STORY}"\n'))
    assert cells.table["title"].to_list() == ["U"]
    assert "a cell of more than 20 MB" in cells.rejected["reason"][0]
    words = read(
        write(tmp_path / "b.jsonl", json.dumps({"text": "word " * 500_000}) + "\n" + json.dumps({"text": STORY}))
    )
    assert words.rejected["reason"].to_list() == ["text of over 2,000,000 characters (2,500,000)"]
    assert time.monotonic() - started < 60


def test_ragged_rows(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.csv", f'title,text,note\nT,"{STORY}"\nU,"{OTHER}",x,y\n'))
    assert reading.table["title"].to_list() == ["T"]
    assert reading.rejected["reason"][0].startswith("more cells than the head has (4 for 3")


def test_semicolons(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", f'title;text\nT;"{STORY}"\n')).table["title"][0] == "T"


def zip_of(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_cut_short(tmp_path: Path) -> None:
    whole = zip_of(tmp_path / "a.zip", **{"a.txt": STORY.encode()})
    whole.write_bytes(whole.read_bytes()[:-30])
    with pytest.raises(InputError, match="not a whole ZIP archive"):
        read(whole)


def test_a_damaged_member_is_listed(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "a.zip", **{"a.txt": STORY.encode() * 9, "b.txt": OTHER.encode()})
    raw = bytearray(file.read_bytes())
    raw[60:70] = b"\xff" * 10
    file.write_bytes(raw)
    reading = read(file)
    assert reading.table["text"].to_list() == [OTHER]
    assert "damaged in the archive" in reading.rejected["reason"][0]


def test_a_zip_bomb_and_names_that_lead_outside(tmp_path: Path) -> None:
    file = zip_of(
        tmp_path / "a.zip",
        **{
            "bomb.txt": b"0" * 30_000_000,
            "../up.txt": STORY.encode(),
            "/root.txt": STORY.encode(),
            "in.zip": b"PK",
            "b.txt": OTHER.encode(),
        },
    )
    reading = read(file)
    assert reading.table["text"].to_list() == [OTHER]
    assert [reason.split(": ")[1].split(";")[0].split(".")[0] for reason in reading.rejected["reason"]] == [
        "unpacks to an unlikely size",
        "a name that leads outside the archive",
        "a name that leads outside the archive",
        "an archive within an archive is not read",
    ]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip"], "nothing is unpacked to disk"


def test_a_file_above_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "LARGEST_FILE", 100)
    with pytest.raises(InputError, match="too large"):
        read(csv_of(tmp_path / "a.csv", ("T", "2017", "O", STORY)))
