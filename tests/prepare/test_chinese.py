"""Chinese from a file to its key words and their lines; every sentence here is constructed."""

import polars as pl
import pytest

from helpers.analyse.concordance import concordance
from helpers.analyse.words import keyness, mark_query, top
from helpers.corpora import read
from helpers.prepare import prepare
from helpers.prepare.patterns import pattern_of
from helpers.prepare.voice import attributed, quotations, words

OWN = "会议在海港的旧仓库里举行，三天的议程排得很满，代表们从早到晚都在讨论改革联合机构的投票办法和增加席位的问题。"
QUOTED = (
    "部长在开幕式上表示：“各国的主权必须得到尊重，任何国家都无权把自己的规则强加给别人！我们愿意推动建设公正的秩序。”"
)
EAST = [
    "我们支持全球治理体系的改革，反对任何国家干涉别国的内部事务，也反对把自己的意志强加给别人。",
    "多极化的进程不可逆转，各国的主权必须得到尊重，这是几十年来国际关系给所有人的教训和启示。",
]
WEST = [
    "规则是国际秩序的基础，谁要是可以随意违反规则而不受惩罚，弱小的国家就再也没有任何安全可言。",
    "记者的权利在那里受到威胁，法院应当独立审判，选举的结果应当由观察员来核对而不是由官员来宣布。",
]


@pytest.fixture
def documents(tmp_path):
    """Twelve documents a side, of two outlets, as `workbench read` makes them of plain files."""
    made = []
    for side, outlets, sentences in (("east", ("Dawn", "Lamp"), EAST), ("west", ("Dusk", "Post"), WEST)):
        for outlet in outlets:
            folder = tmp_path / outlet
            folder.mkdir()
            for k in range(6):
                text = f"标题{k}\n\n{OWN}{sentences[0]}{sentences[1]}\n"
                (folder / f"{k}.txt").write_text(text, encoding="utf-8")
            made.append(read([folder], side=side, outlet=outlet).table)
    return pl.concat(made)


def test_sentences_and_voices_are_told_apart(tmp_path) -> None:
    (tmp_path / "a.txt").write_text(f"标题\n\n{OWN}{OWN}\n\n{QUOTED}{QUOTED}\n", encoding="utf-8")
    table = read([tmp_path / "a.txt"], outlet="Dawn").table
    assert table["language"].to_list() == ["zh"]
    made = prepare(table)
    assert made["voice"].to_list() == ["outlet", "quoted"]
    for text, start, end in made.select("text", "start", "end").iter_rows():
        assert table["text"][0][start:end] == text
    # A sentence ends with the quotation that it ends in.
    assert made["text"][1].endswith("。”") and made["text"][1].startswith("部长")


@pytest.mark.parametrize(
    ("sentence", "is_attributed"),
    [
        ("秘书处说，最后一天将通过一份宣言。", True),
        ("分析人士指出：草案能否通过，取决于大国的态度。", True),
        ("据海港电台报道，会议将持续三天。", True),
        ("代表们强调，发展是基础。", True),
        ("这本小说，他读了三遍。", False),
        ("联合机构，简称，在这里不用。", False),
        ("全球治理应当照顾发展中国家的利益。", False),
    ],
)
def test_reporting_verbs_are_known(sentence: str, is_attributed: bool) -> None:
    assert attributed(sentence) is is_attributed


def test_quotations_have_their_marks() -> None:
    assert [QUOTED[a:b] for a, b in quotations(QUOTED)] == [QUOTED[10:]]
    assert [a for a, _ in quotations("他说「各国的主权必须得到尊重」，又说「好」。")] == [2]
    assert words("各国的主权必须得到尊重") == 5


def test_key_words_lead_to_their_lines(documents) -> None:
    pytest.importorskip("jieba", reason="Chinese words need jieba: pip install 'text-workbench[chinese]'")
    passages = prepare(documents)
    found = mark_query(keyness(passages), "全球治理")
    assert found.sides["n_documents"].to_list() == [12, 12]
    terms = set(top(found, "east", most=100)["term"])
    assert "多极化" in terms and "全球 治理" in terms and "规则" not in terms
    # Words of no subject are counted, marked, and not shown.
    marked = dict(found.table.select("term", "function_word").iter_rows())
    assert marked["的"] and not marked["多极化"] and "的" not in terms
    assert dict(found.table.select("term", "in_query").iter_rows())["全球 治理"]
    lines = concordance(passages, pattern_of("全球 治理"))
    assert lines.n_found == 12 and set(lines.table["match"]) == {"全球治理"} and set(lines.table["side"]) == {"east"}
