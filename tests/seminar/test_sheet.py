"""Sheets and their key: nothing on a sheet says whose a passage is, and the key leads back from every token."""

import base64
import re

import polars as pl
import pytest

from constructed import passages
from helpers.codebook import Codebook, Frame
from helpers.errors import InputError
from helpers.report.sheet import pieces, sheet_page
from helpers.seminar.masking import learn, mask_passages
from helpers.seminar.sheet import guess_codes, minutes_for, new_key, read_key, sheets, write_key

SIDES = ("western", "state_media")
ROWS = [
    (f"{name.lower().replace(' ', '-')}-{n}", side, name, f"Passage {n} of {name}: the council of the town met again.")
    for name, side in (("Meridian Daily", "state_media"), ("The Calder Courier", "western"))
    for n in range(3)
]  # fmt: skip


def frame(name, **more):
    held = {"label": name.capitalize(), "definition": f"It is about {name}.", "include": ("a",), "exclude": (),
            "examples": (), "counter_examples": ()}  # fmt: skip
    return Frame(name, **(held | more))


CODEBOOK = Codebook("test", "test.yml", {n: frame(n) for n in ("rights", "growth")} | {
    "order": frame("order", exclude=("a mere order of fish (rights)", "(nothing)"))}, {})  # fmt: skip


@pytest.fixture
def masked():
    urls = [f"https://example.org/{row[0]}/page" for row in ROWS]
    frame = passages(ROWS, url=urls, title=[f"Headline of {row[0]}" for row in ROWS], frame_rights=0.123456789)
    return mask_passages(frame, learn(frame))


@pytest.fixture
def drawn(masked):
    own = [("A", i) for i in masked["id"]] + [("B", i) for i in reversed(masked["id"].to_list()[:4])]
    table = pl.DataFrame(own, schema=["coder", "id"], orient="row")
    return table.with_columns(position=(pl.int_range(pl.len()) + 1).over("coder"))


@pytest.fixture
def key(drawn):
    return new_key(drawn, study="valley", frames=("growth", "order"), sides=SIDES, settings={"coders": 2})


def test_every_token_is_another_one_and_leads_back(key, drawn):
    tokens = [token for rows in key.sheets.values() for token, _ in rows]
    assert len(set(tokens)) == 10 and all(re.fullmatch("[0-9a-f]{8}", token) for token in tokens)
    for coder, rows in key.sheets.items():
        assert [i for _, i in rows] == drawn.filter(coder=coder).sort("position")["id"].to_list()


def test_tokens_are_not_made_from_the_seed(drawn):
    made = [new_key(drawn, study="valley", frames=("growth",), sides=SIDES, settings={}) for _ in range(2)]
    assert made[0].sheets != made[1].sheets and made[0].draw != made[1].draw


def test_coders_stand_in_the_order_of_their_letters():
    table = pl.DataFrame({"coder": ["AA", "B", "A"], "id": ["x", "y", "z"], "position": [1, 1, 1]})
    assert list(new_key(table, study="s", frames=(), sides=SIDES, settings={}).sheets) == ["A", "B", "AA"]


def test_a_key_comes_back_from_its_file(key, tmp_path):
    write_key(key, tmp_path / "key.json")
    assert read_key(tmp_path / "key.json") == key
    assert guess_codes(key) == {"s1": "state_media", "s2": "western"}, "in the order of the colours, always the same"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1, "what": "x", "sheets": 3}', '{"version": 2}'])
def test_a_damaged_key_is_an_error(tmp_path, text):
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(InputError, match="not the key of a draw"):
        read_key(tmp_path / "key.json")
    with pytest.raises(InputError, match="no sheets were drawn here"):
        read_key(tmp_path / "other.json")


def test_a_sheet_has_its_passages_in_order_and_the_frames_as_a_reader_needs_them(key, masked):
    one, two = sheets(key, masked, CODEBOOK)
    assert [token for token, _, _ in one.passages] == [token for token, _ in key.sheets["A"]]
    assert one.passages[0][1] == "Passage 0 of [outlet]: the council of the town met again."
    assert [f.name for f in one.frames] == ["growth", "order"]
    assert one.frames[1].exclude == ("a mere order of fish (Rights)", "(nothing)")
    assert one.guesses == (("s1", "State media"), ("s2", "Western"))
    assert one.constructed and len(two.passages) == 4


def test_a_passage_that_is_gone_is_said(key, masked):
    with pytest.raises(InputError, match="of the key is not there any more"):
        sheets(key, masked.head(2), CODEBOOK)


def hidden(text):
    """`text` as it could be hidden in a page."""
    raw = text.encode()
    yield from (text, text[::-1], raw.hex(), raw.hex().upper(), raw.hex(" "))
    # Base64 of a text inside a longer one depends on where it begins.
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + raw).decode().rstrip("=")
        yield whole[4 if shift else 0 : len(whole) - 2]


def test_nothing_on_a_page_says_whose_a_passage_is(key, masked):
    for sheet in sheets(key, masked, CODEBOOK):
        page = sheet_page(sheet)
        for row in masked.iter_rows(named=True):
            secrets = (row["id"], row["document_id"], row["outlet"], row["url"], row["title"])
            for secret in (*secrets, "state_media", "0.123456", "12345678", "Meridian", "Calder"):
                for form in hidden(secret):
                    assert form.lower() not in page.lower(), f"{secret} as {form}"
        held = {"data-coder", "data-draw", "data-id", "data-frame", "data-code", "data-guess"}
        assert set(re.findall(r"\s(data-[\w-]+)=", page)) == held
        assert page.count("Western") == 1 + page.count("<b><i>☐</i> Western</b>"), "only where it can be guessed"


def test_a_page_asks_for_nothing_and_lets_only_its_own_script_run(key, masked):
    page = sheet_page(sheets(key, masked, CODEBOOK)[0])
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert page.count("<script>") == 1 and "unsafe" not in policy
    assert not re.search(r"(?:src|href)=\"(?!#)", page)


def test_a_hostile_passage_is_text(key, masked):
    hostile = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>{{7*7}}</li>[country]\u202e"
    page = sheet_page(sheets(key, masked.with_columns(masked=pl.lit(hostile)), CODEBOOK)[0])
    assert "<script>window" not in page and "<img" not in page and "\u202e" not in page
    assert "&lt;script&gt;window.hacked=1" in page and "{{7*7}}" in page


def test_tags_are_set_apart():
    assert pieces("In [country] and [b] [place].") == [
        ("In ", False), ("country", True), (" and [b] ", False), ("place", True), (".", False)
    ]  # fmt: skip


def test_minutes_by_hand():
    # 2 passages of 100 words at 200 a minute: 60 s; 2 x (3 frames x 6 s + 6 s): 48 s; together 108 s.
    assert minutes_for([100, 100], n_frames=3) == 2
    assert minutes_for([], n_frames=3) == 1
