import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from helpers.corpora.debate import packed, read_debate, states, tidied
from helpers.errors import InputError

SPEECH = (
    "We come to this hall as friends of the river states. The old treaty no longer serves those who live by the water, "
    "and we ask the Assembly to open it again."
)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "ungdc"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    session = tmp_path / "TXT" / "Session 72 - 2017"
    session.mkdir(parents=True)
    (session / "USA_72_2017.txt").write_text(SPEECH, encoding="utf-8-sig")
    (session / "VAT_72_2017.txt").write_text(SPEECH + " Peace to all.", encoding="utf-8")
    (session / "QQQ_72_2017.txt").write_text(SPEECH + " We are new here.", encoding="cp1252")
    (session / "._USA_72_2017.txt").write_bytes(b"\0\1")
    (session / "readme.txt").write_text("not a statement", encoding="utf-8")
    return tmp_path / "TXT"


def test_labels_of_a_statement(folder: Path) -> None:
    table = read_debate(folder).table.sort("id")
    assert table["id"].to_list() == ["ungd-QQQ-72", "ungd-USA-72", "ungd-VAT-72"]
    row = table.row(2, named=True)
    assert (row["outlet"], row["speaker"], row["country"], row["kind"]) == (
        "UN General Debate",
        "Holy See",
        "VAT",
        "statement",
    )
    assert (str(row["date"]), row["date_precision"], row["language"]) == ("2017-01-01", "year", "en")
    assert row["title"] == "Holy See, General Debate, session 72 (2017)"
    assert table["speaker"][0] == "QQQ", "an unknown code is its own name"


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".tgz"])
def test_archives_read_as_the_folder_does(folder: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            for path in folder.rglob("*.txt"):
                archive.write(path, path.relative_to(folder))
    else:
        with tarfile.open(file, "w:gz") as archive:
            archive.add(folder, arcname=".")
    columns = ["id", "speaker", "text", "date"]
    assert read_debate(file).table.select(columns).equals(read_debate(folder).table.select(columns))


def test_a_name_that_leads_outside_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../USA_72_2017.txt", SPEECH)
    with pytest.raises(InputError, match="a name that leads outside"):
        read_debate(file)


def test_packing_is_the_same_every_time(folder: Path) -> None:
    assert packed(folder) == packed(folder)
    with zipfile.ZipFile(io.BytesIO(packed(folder))) as archive:
        assert [Path(name).name for name in archive.namelist()] == [f"{c}_72_2017.txt" for c in ("QQQ", "USA", "VAT")]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip", "a.bin"])
def test_damaged_archives(tmp_path: Path, folder: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(packed(folder)[:-40] if name == "a.zip" else b"\x1f\x8b\x08" + b"\0" * 40)
    with pytest.raises(InputError, match="damaged or no archive") as raised:
        read_debate(file)
    assert "\n" not in str(raised.value)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no statement found"):
        read_debate(tmp_path)
    with pytest.raises(InputError, match="no such archive or folder"):
        read_debate(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            "The Secretary- General and small- and medium-sized states",
            "The Secretary-General and small- and medium-sized states",
        ),
        ("We want peace. 17-29716 5/28 We want water.", "We want peace. We want water."),
        ("We want peace. 20/34 16-29817 We want water.", "We want peace. We want water."),
        ("A/72/PV.10 22/09/2017 We want water.", "We want water."),
        ("We recalled it last year (see A/71/PV.8).", "We recalled it last year (see A/71/PV.8)."),
        ("): I had hoped not to speak.", "I had hoped not to speak."),
        ("(spoke in French) I had hoped not to speak.", "I had hoped not to speak."),
        (
            "One paragraph ends here.\nThe President took the Chair.\nAnother begins.",
            "One paragraph ends here.\nAnother begins.",
        ),
        (
            "The river is low and\nthe lake is dry.\nWe ask for rain.",
            "The river is low and the lake is dry.\nWe ask for rain.",
        ),
        ("1.\tWe come.\n2.\tWe see.\n3.\tWe ask.", "We come.\nWe see.\nWe ask."),
    ],
)
def test_tidied(raw: str, text: str) -> None:
    assert tidied(raw) == text


def test_lines_of_fixed_width_of_the_old_sessions_are_joined() -> None:
    line = "The river is low and the lake is dry and nobody here can say when"
    text = "\n".join([line, line.lower()] * 6 + ["it will rain again."])
    assert "\n" not in tidied(text)


def test_every_state_has_one_name() -> None:
    known = states()
    assert known["CHN"] == "China" and known["EU"] == "European Union" and known["PSE"] == "State of Palestine"
    assert all(code.isupper() and name == name.strip() and name for code, name in known.items())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the General Debate's sessions 71 and 72 are not beside this checkout")
def test_two_sessions_as_published() -> None:
    reading = read_debate(SHARED)
    table = reading.table
    assert table.height == 390 and reading.rejected.height == 0
    assert set(table["language"]) == {"en"}
    assert (table["speaker"] != table["country"]).all(), "every code has a name"
    assert not table["text"].str.contains(r"\b1[67]-\d{5} \d+/\d+").any()
    assert not table["text"].str.contains(r"\w- (?:General|based|first)").any()
