import builtins

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import InputError
from helpers.prepare.tokens import _segmenter, token_table, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rules-based Order, it's theirs.", ["the", "rules-based", "order", "it", "theirs"]),
        ("Valdoria's and Valdoria’s", ["valdoria", "and", "valdoria"]),
        ("don’t won't", ["don't", "won't"]),
        ("U.N. and UN", ["un", "and", "un"]),
        ("US, U.S. and U. S. want us", ["u.s.", "u.s.", "and", "u.s.", "want", "us"]),
        ("USA-led, US-led", ["u.s.-led", "u.s.-led"]),
        ("5 per cent, 1,000 or 3.5 percent", ["5", "percent", "1,000", "or", "3.5", "percent"]),
        ("at 9 a.m. or P.M.", ["at", "9", "a.m.", "or", "pm"]),
        ("G20 — ‘one world’ (two)", ["g20", "one", "world", "two"]),
        ("naïve Müller Владимир", ["naïve", "müller", "владимир"]),
        ("  ... !?", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens([text]).to_list() == [expected]


def test_tokens_keep_the_order_of_the_texts() -> None:
    assert tokens(["one two", "", "three"]).to_list() == [["one", "two"], [], ["three"]]


def test_punctuation_ends_a_phrase_and_a_wrapped_line_does_not() -> None:
    frame = pl.DataFrame({"text": ["peace. War\nand"], "language": ["en"]})
    assert token_table(frame)["ends_phrase"].to_list() == [False, True, False, False]


def test_languages_of_one_table_stay_in_order() -> None:
    frame = pl.DataFrame({"text": ["per cent", "per cent", "per cent"], "language": ["en", "it", "en"]})
    assert token_table(frame).group_by("row", maintain_order=True).agg("token")["token"].to_list() == [
        ["percent"], ["per", "cent"], ["percent"],
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "package"), [("zh", "jieba"), ("ja", "janome")])
def test_a_missing_segmenter_is_named_with_its_install_command(
    language: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name.startswith(package):
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    _segmenter.cache_clear()
    with pytest.raises(InputError, match=f"pip install {package}"):
        tokens(["多极化"], language=language)


def test_chinese_is_segmented() -> None:
    pytest.importorskip("jieba", reason="Chinese words need jieba: pip install 'text-workbench[chinese]'")
    found = tokens(["我们支持全球治理体系改革。"], language="zh").to_list()[0]
    assert len(found) > 3 and "".join(found) == "我们支持全球治理体系改革"


def test_scripts_that_cannot_be_segmented_are_refused() -> None:
    with pytest.raises(InputError, match="without spaces"):
        tokens(["ธรรมาภิบาล"], language="th")


@given(st.text())
def test_any_text_gives_lower_case_words_without_spaces(text: str) -> None:
    for word in tokens([text]).to_list()[0]:
        assert word and not word.isspace() and " " not in word
