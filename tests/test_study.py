"""A study's file: read, or an error that names file and line and says what to do."""

import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import InputError
from helpers.study import KEYS, Event, ThemeChoices, open_study, parse_study, studies

HERE = Path("mine.yml")
LEAST = "corpus: texts\nsides:\n  a: [Post]\n  b: [Daily]\n"

FULL = """\
name: order-2017
title: Of order
corpus: [news-2017, texts/*.csv]
between: [2017-01-01, 2017-12-31]
query: governance|sovereign\\w*
sides:
  a: [Post, Ledger]
  b: Daily
same_house: {Post: [Post, Sunday Post]}
codebook: own.yml
terms: {order: "order\\\\w*"}
passages: {words: 100}
voice: all
copies: original
encoder: fast
themes: {count: 12, names: {3: trade}, merge: [[1, 4], [2, 7, 9]]}
events: [{date: 2017-01-17, label: Davos}]
focus: speech.txt
note: One line.
seed: 11
"""


def test_every_key_of_a_full_file_is_read():
    study = parse_study(FULL, path=HERE)
    assert (study.name, study.title, study.note, study.path) == ("order-2017", "Of order", "One line.", HERE)
    assert study.corpus == ("news-2017", "texts/*.csv") and study.focus == ("speech.txt",)
    assert study.between == (datetime.date(2017, 1, 1), datetime.date(2017, 12, 31))
    assert study.query == r"governance|sovereign\w*" and study.terms == {"order": r"order\w*"}
    assert study.sides == {"a": ("Post", "Ledger"), "b": ("Daily",)}
    assert study.same_house == {"Post": ("Post", "Sunday Post")}
    assert (study.words, study.seed, study.codebook, study.encoder) == (100, 11, "own.yml", "fast")
    assert (study.voice, study.copies) == ("all", "original")
    assert study.themes == ThemeChoices(12, {3: "trade"}, ((1, 4), (2, 7, 9)))
    assert study.events == (Event(datetime.date(2017, 1, 17), "Davos"),)
    assert set(yaml.safe_load(FULL)) == set(KEYS), "a key is not tried here"


def test_the_rest_has_defaults():
    study = parse_study(LEAST, path=HERE)
    assert (study.name, study.title, study.words, study.seed) == ("mine", "mine", 80, 7)
    assert (study.voice, study.copies, study.encoder, study.codebook) == ("outlet", "one", "default", "governance.yml")
    assert study.between is None and study.query is None and study.themes == ThemeChoices()


def test_a_label_is_on_the_side_that_lists_it():
    study = parse_study(FULL, path=HERE)
    assert [study.side_of(label) for label in ("Ledger", "Daily", "post")] == ["a", "b", None]


def test_every_shipped_study_parses():
    known = studies()
    assert {"teaching", "world-2017", "un-general-debate"} <= set(known)
    for name, path in known.items():
        study = open_study(name)
        assert study.name == name and study.path == path and len(study.sides) >= 2
        assert open_study(path) == study


WRONG = [
    ("name: a b\n", 5, "'name'", "a short name"),
    ("name: 2017\n", 5, "'name'", "found 2017"),
    ("title: [x]\n", 5, "'title'", "found ['x']"),
    ("between: [2017-12-31, 2017-01-01]\n", 5, "'between'", "the earlier day first"),
    ("between: 2017\n", 5, "'between'", "found 2017"),
    ("between: [2017-01-01 10:00:00, 2017-02-01]\n", 5, "'between'", "the earlier day first"),
    ("query: 'governance('\n", 5, "'query'", "missing ), unterminated subpattern"),
    ("query: 'a{99999999999}'\n", 5, "'query'", "A plain word is a valid expression"),
    ("query: [a]\n", 5, "'query'", "found ['a']"),
    ("terms: {x: '*'}\n", 5, "'terms'", "nothing to repeat"),
    ("terms: order\n", 5, "'terms'", "found 'order'"),
    ("passages: {words: 20}\n", 5, "'passages'", "words: a whole number from 40 to 120"),
    ("passages: {words: 80.5}\n", 5, "'passages'", "found words: 80.5"),
    ("voice: quote\n", 5, "'voice'", "outlet, quoted or all"),
    ("copies: true\n", 5, "'copies'", "all, one or original"),
    ("encoder: 5\n", 5, "'encoder'", "found 5"),
    ("themes: {number: 5}\n", 5, "'themes'", "found number"),
    ("themes: {count: many}\n", 5, "'themes'", "count: 'many'"),
    ("themes: {names: [trade]}\n", 5, "'themes'", "names: {number: name}"),
    ("themes: {names: {one: trade}}\n", 5, "'themes'", "names: {number: name}"),
    ("themes: {merge: [1, 2]}\n", 5, "'themes'", "[[1, 4], [2, 7]]"),
    ("themes: {merge: 3}\n", 5, "'themes'", "merge: 3"),
    ("events: 5\n", 5, "'events'", "found 5"),
    ("events: [{date: soon, label: x}]\n", 5, "'events'", "'soon'"),
    ("events: [{date: 2017-01-17}]\n", 5, "'events'", "list of {date: day, label: text}"),
    ("focus: {a: b}\n", 5, "'focus'", "found {'a': 'b'}"),
    ("seed: -1\n", 5, "'seed'", "seed: -1"),
    ("seed: true\n", 5, "'seed'", "seed: True"),
    ("same_house: {Post: 3}\n", 5, "'same_house'", "Post: 3"),
    ("sides: {c: [x]}\n", 5, "'sides' comes twice", "the first on line 2"),
]


@pytest.mark.parametrize(("line", "number", "what", "told"), WRONG)
def test_each_error_names_file_line_and_key(line, number, what, told):
    with pytest.raises(InputError) as raised:
        parse_study(LEAST + line, path=HERE)
    message = str(raised.value)
    assert message.startswith(f"mine.yml, line {number}: {what}")
    assert told in message


@pytest.mark.parametrize(
    ("typo", "key"),
    [("side", "sides"), ("quer", "query"), ("betwen", "between"), ("code_book", "codebook"), ("seeds", "seed")],
)
def test_a_typo_suggests_the_right_key(typo, key):
    with pytest.raises(InputError, match=f"mine.yml, line 5: unknown key '{typo}'.*Did you mean '{key}'"):
        parse_study(f"{LEAST}{typo}: x\n", path=HERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a study is a list of `key: value` lines"),
        ("- a\n- b\n", "a study is a list"),
        ("sides: {a: [x]}\n", "mine.yml: 'corpus' is not as it must be.*Add a line"),
        ("corpus: x\n", "mine.yml: 'sides' is not as it must be.*Add the sides"),
        ("corpus: x\nsides:\n  a: [Post]\n  b: [Post]\n", "line 2: 'sides'.*each outlet on one side.*'Post' under bo"),
        ("corpus: x\nsides:\n a: [Post\n", "mine.yml, line 4: not valid YAML"),
        ("corpus: x\n\tsides: y\n", "line 2: not valid YAML.*Check indentation"),
        ("corpus: x\nbetween: [2017-13-45, 2017-01-01]\n", "not valid YAML.*month must be in 1..12"),
        ("seed: !!int ''\n", "not valid YAML"),
        ("seed: !!bool perhaps\n", "not valid YAML"),
        ("seed: !!timestamp soon\n", "not valid YAML"),
        ("seed: !!python/object/apply:os.getcwd []\n", "line 1: not valid YAML.*could not determine a constructor"),
        ("[" * 5000, "not valid YAML"),
        ("? [a, b]\n: c\n", "not valid YAML"),
        ("\x00", "not valid YAML"),
    ],
)
def test_what_is_no_study_is_refused(text, message):
    with pytest.raises(InputError, match=f"(?s){message}"):
        parse_study(text, path=HERE)


def test_a_few_lines_that_stand_for_billions_are_refused_at_once():
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40))]
    with pytest.raises(InputError, match="unknown key"):
        parse_study("\n".join(lines), path=HERE)
    nested = f"[{', '.join(f'&b{i} [*b{i - 1}, *b{i - 1}]' if i else '&b0 [x, x]' for i in range(60))}]"
    with pytest.raises(InputError, match="'title'") as raised:
        parse_study(f"title: {nested}\n{LEAST}", path=HERE)
    assert len(str(raised.value)) < 2000


def test_a_name_that_is_no_study_suggests_the_nearest():
    with pytest.raises(InputError, match=r"no study 'teachng'.*Did you mean 'teaching'"):
        open_study("teachng")
    with pytest.raises(InputError, match="workbench study new"):
        open_study("zzz")


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        open_study(tmp_path / "absent.yml")
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(InputError, match=r"cannot be read|no such file"):
        open_study(tmp_path / "folder.yml")
    (tmp_path / "latin.yml").write_bytes(b"title: caf\xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        open_study(tmp_path / "latin.yml")
    (tmp_path / "marked.yml").write_bytes(b"\xef\xbb\xbf" + LEAST.encode())
    assert open_study(tmp_path / "marked.yml").name == "marked"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(KEYS)) | st.text(max_size=5), VALUES, max_size=5))
def test_whatever_the_values_are_it_is_a_study_or_an_input_error(given_):
    text = yaml.safe_dump({**yaml.safe_load(LEAST), **given_}, allow_unicode=True)
    try:
        study = parse_study(text, path=HERE)
    except InputError as error:
        assert str(error).startswith("mine.yml")
    else:
        assert study.corpus and study.sides


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=60) | st.text("abs: -[]{}&*!?|>%@#\n\t'\"0127", max_size=60))
def test_whatever_the_text_is_it_is_a_study_or_an_input_error(text):
    for whole in (text, LEAST + text):
        try:
            parse_study(whole, path=HERE)
        except InputError as error:
            assert str(error).startswith("mine.yml")
