import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.corpora.text import clean, count_words, decode, language_of, one_line, without_tags
from helpers.errors import InputError

WORDS = "Der Präsident fuhr nach Genf, wo die Säle schon überfüllt waren – „so voll wie nie“."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_without_mojibake(encoding: str) -> None:
    assert decode(WORDS.encode(encoding))[0] == WORDS


def test_latin_1() -> None:
    assert decode("façade naïve élève".encode("latin-1"))[0] == "façade naïve élève"


def test_cyrillic_in_an_old_encoding() -> None:
    text = "Совет речных государств собрался в понедельник, чтобы решить, кто может брать воду в засушливый год. " * 3
    assert decode(text.encode("cp1251"))[0] == text


def test_one_damaged_byte_does_not_spoil_a_utf8_file() -> None:
    text, encoding = decode(WORDS.encode() * 5 + b"\xff end")
    assert text == WORDS * 5 + "\ufffd end"
    assert encoding == "utf-8 with damaged characters"


@pytest.mark.parametrize("raw", [bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\x01\x02\x03" * 50])
def test_binary_rubbish_is_no_text(raw: bytes) -> None:
    with pytest.raises(InputError, match="this is no text"):
        decode(raw, where="x.txt")


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("Tom &amp; Ann said &quot;no&quot;", 'Tom & Ann said "no"'),
        ("twice &amp;quot;escaped&amp;quot;", 'twice "escaped"'),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a\u00a0b\u2003c   d\te", "a b c d e"),
        ("first\n\n\n  second  \n", "first\nsecond"),
        ("e\u0301", "é"),
        ("pay \u202e001\u202c now\u200b\ufeff", "pay 001 now"),
        ("nul\x00l and bell\x07", "null and bell"),
        ("co\u00adoperation", "cooperation"),
        ("it\x92s \x93quoted\x94", "it\u2019s \u201cquoted\u201d"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_clean(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


def test_lines_of_fixed_width_are_joined_where_blank_lines_part_paragraphs() -> None:
    text = (
        "The council of the river states met on Monday to settle\n"
        "who may draw water in a dry year and who must wait for\n"
        "rain.\n\nDelegates left early."
    )
    assert clean(text) == (
        "The council of the river states met on Monday to settle "
        "who may draw water in a dry year and who must wait for rain.\n"
        "Delegates left early."
    )


def test_lines_that_are_paragraphs_stay() -> None:
    text = "The council met on Monday in the old hall.\nThe vote was put off until the spring.\n\nDelegates left early."
    assert clean(text).count("\n") == 2


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == unicodedata.normalize("NFC", once)
    assert "\r" not in once and "  " not in once and "\n\n" not in once and once == once.strip()
    once.encode("utf-8")


@given(
    st.lists(
        st.sampled_from(
            ["&", "amp;", "#38;", "lt;", "quot;", "\x00", "\u200b", "\n", " ", "a", "\u0301", "\u037e", "lt"]
        ),
        max_size=14,
    )
)
def test_cleaning_twice_changes_nothing_whatever_entities_meet(parts: list[str]) -> None:
    once = clean("".join(parts))
    assert clean(once) == once


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        text, encoding = decode(raw)
    except InputError:
        return
    assert isinstance(text, str) and encoding


def test_tags_left_by_exports() -> None:
    assert without_tags("<p>One <b>bold</b> word.</p><p>Two<br/>three</p>") == "\nOne bold word.\n\nTwo\nthree\n"
    assert without_tags("a < b and <unknown> c") == "a < b and <unknown> c"
    assert without_tags("<p>x<script>alert(1)</script>y</p>") == "\nx y\n"


def test_one_line() -> None:
    assert one_line(" A\n title&nbsp;here ") == "A title here"


def test_words_of_scripts_without_blanks() -> None:
    assert count_words("four words are here") == 4
    assert count_words("多极化世界") == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council of the river states met on Monday to settle who may draw water in a dry year.", "en"),
        ("Le conseil des pays du fleuve est réuni pour la première fois dans une salle de la ville.", "fr"),
        ("Совет речных государств собрался в понедельник.", "ru"),
        ("河流国家理事会周一开会。", "zh"),
        ("اجتمع مجلس دول النهر يوم الاثنين", "ar"),
        ("Der Rat der Flussstaaten ist in der Stadt und die Boote sind auf dem Fluss.", "de"),
        ("xyzzy plugh 12345", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language
