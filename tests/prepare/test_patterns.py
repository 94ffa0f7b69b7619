import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.errors import InputError
from helpers.prepare.patterns import find_all, pattern_of
from helpers.prepare.tokens import tokens


def matches(pattern: str, text: str) -> list[str]:
    return [text[a:b] for a, b in find_all([text], pattern).select("start", "end").iter_rows()]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("govern", "Govern, governance", ["Govern"]),
        (r"govern\w*", "Govern, misgovern, Governance", ["Govern", "Governance"]),
        ("a|ab", "ab a", ["ab", "a"]),
        ("global governance", "Global\ngovernance, global  governance", ["Global\ngovernance", "global  governance"]),
        ("multi ?polar", "multipolar multi polar", ["multipolar", "multi polar"]),
        (r"multi[- ]polar", "multi-polar multi polar multi\npolar", ["multi-polar", "multi polar"]),
        (r"rule\ of", "rule of", ["rule of"]),
        ("多极化", "世界多极化进程", ["多极化"]),
        ("x*", "y", []),
        ("(?i)UN", "un UN", ["un", "UN"]),
    ],
)
def test_whole_words_in_any_case(pattern: str, text: str, expected: list[str]) -> None:
    assert matches(pattern, text) == expected


@pytest.mark.parametrize("pattern", ["(", "[a", "a)(b", "*", "", "  ", r"\1(", "(?P<a>x)(?P<a", "a{2,1}"])
def test_a_bad_expression_is_refused_in_words(pattern: str) -> None:
    with pytest.raises(InputError, match="expression"):
        find_all(["a"], pattern)


@pytest.mark.parametrize("pattern", [r"(a|a)*b", r"(a|aa)+b"])
def test_an_expression_that_never_ends_is_stopped(pattern: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match="takes longer"):
        find_all(["b " + "a" * 80 + " b", "ab" * 40 + "-b"], pattern, seconds=0.2)
    assert time.monotonic() - began < 3


@given(st.text(alphabet="ab c-\n"), st.sampled_from(["a", "ab", "a b", r"a\w*", "b|c", "a?"]))
def test_offsets_give_the_match(text: str, pattern: str) -> None:
    own = [
        m.group() for m in re.finditer(rf"(?<!\w)(?:{pattern.replace(' ', chr(92) + 's+')})(?!\w)", text) if m.group()
    ]
    assert matches(pattern, text) == own


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("hong kong", "Hong\nKong’s, Hong, Kong; hong-kong", ["Hong\nKong’s"]),
        ("rules", "rules-based rules, the Rules' end", ["rules", "Rules"]),
        ("rules-based", "Rules‑based order", ["Rules‑based"]),
        ("u.s.", "US, U.S. and U. S. want us; USA", ["US", "U.S.", "U. S.", "USA"]),
        ("un charter", "the U.N. Charter and UN charter", ["U.N. Charter", "UN charter"]),
        ("program", "a programme, a program", ["programme", "program"]),
        ("center", "the centre", ["centre"]),
        ("5 percent", "5 per cent, 5 percent", ["5 per cent", "5 percent"]),
        ("don't", "Don’t", ["Don’t"]),
        ("全球 治理", "支持全球治理体系", ["全球治理"]),
    ],
)
def test_a_term_leads_back_to_its_places(term: str, text: str, expected: list[str]) -> None:
    assert matches(pattern_of(term), text) == expected


@given(st.text(alphabet="abS .,-'’\n", max_size=30))
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    # "a.b.c" is cut into "ab" and "c", and no whole word ends where its point does.
    assume(not re.search(r"\w\.\w\.\w", text))
    for word in set(tokens([text]).to_list()[0]):
        assert matches(pattern_of(word), text)
