"""A user's regular expression: compiled, or refused in words; run against a clock, so that an
expression that never ends ("(a+)+b") is refused too and hangs nothing.
"""

import re
import time
from collections.abc import Iterable

import polars as pl
import regex

from helpers.errors import InputError
from helpers.prepare.spelling import spellings
from helpers.prepare.tokens import GAP

SECONDS = 10.0
"""All the time that one search may take. 20,000 passages take well under a second."""

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")

_SPACE = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]| ", regex.DOTALL)
"""An escaped character, a class of characters, or a space that is neither."""


def compile_pattern(pattern: str, *, where: str = "pattern") -> regex.Pattern[str]:
    """`pattern` as whole words, without regard to case: `govern` does not match in `governance`,
    `govern\\w*` does. A space matches any white space, for lines are wrapped in some texts. In scripts
    written without spaces it matches anywhere.

    Raises InputError where it is empty or no regular expression."""
    if not pattern.strip():
        raise InputError("an empty expression matches everywhere", where=where, do="Give a word, such as governance.")
    pattern = _SPACE.sub(_any_space, pattern)
    whole = pattern if is_unspaced(pattern) else rf"(?<!\w)(?:{pattern})(?!\w)"
    try:
        regex.compile(pattern, regex.IGNORECASE)
        return regex.compile(whole, regex.IGNORECASE)
    except (regex.error, RecursionError, OverflowError) as error:
        raise InputError(
            "not a regular expression",
            where=where,
            found=f"{pattern!r} ({error})",
            do="A plain word is a valid expression; \\w* matches any ending; write \\( for a bracket.",
        ) from None


def _any_space(found: regex.Match[str]) -> str:
    if found.group() != " ":
        return found.group()
    quantified = found.string[found.end() : found.end() + 1] in tuple("?*+{")
    return r"\s" if quantified else r"\s+"


def is_unspaced(text: str) -> bool:
    """Whether some of it is in a script that is written without spaces."""
    return _UNSPACED.search(text) is not None


def pattern_of(term: str) -> str:
    """The expression that finds a word or phrase, as key words, collocates and labels name it, in the texts: with
    other spellings and apostrophes, its possessive, points in abbreviations, and line breaks inside a phrase."""
    words = term.split()
    if is_unspaced(term):
        return rf"{GAP}*".join(re.escape(word) for word in words)
    # A word within a hyphenated one is another word.
    phrase = rf"{GAP}*\s{GAP}*".join(f"(?:{_of_word(word)})" for word in words)
    return rf"(?<!\w{_JOINT}){phrase}(?!(?<=\w){_JOINT}\w)"


_JOINT = "[-‐‑'’‘ʼ]"


def _of_word(word: str) -> str:
    possessive = "(?:['’‘ʼ]s)?"
    if word.startswith("u.s."):
        return r"(?:U\.\s?S\.(?:\s?A\.)?|(?-i:USA?))" + _marked(word.removeprefix("u.s.")) + possessive
    forms = [_marked(one) for one in spellings(word)]
    if word.isalpha() and 2 <= len(word) <= 6:
        forms.append(r"\.".join(word) + r"\.")
    if word == "percent":
        forms.append(r"per\s+cent")
    return f"(?:{'|'.join(forms)}){possessive}"


def _marked(word: str) -> str:
    """The word as an expression, its apostrophes and hyphens in any form."""
    return re.escape(word).replace("'", "['’‘ʼ]").replace(r"\-", "[-‐‑]")


def find_all(
    texts: Iterable[str], pattern: str, *, seconds: float | None = None, where: str = "pattern"
) -> pl.DataFrame:
    """Every match of `pattern` in each text, empty ones left out.

    Returns columns row (position of the text), start, end (offsets into it, characters), in order.
    Raises InputError where the expression is bad, or takes longer than `seconds` (None: SECONDS) over all."""
    compiled = compile_pattern(pattern, where=where)
    seconds = SECONDS if seconds is None else seconds
    stop = time.monotonic() + seconds
    rows, starts, ends = [], [], []
    try:
        for row, text in enumerate(texts):
            for match in compiled.finditer(text, timeout=max(stop - time.monotonic(), 0.001)):
                if match.end() > match.start():
                    rows.append(row)
                    starts.append(match.start())
                    ends.append(match.end())
    except TimeoutError:
        raise InputError(
            f"the expression takes longer than {seconds:g} s",
            where=where,
            found=repr(pattern),
            do="Put no * or + inside a group that itself ends in * or +.",
        ) from None
    return pl.DataFrame(
        {"row": rows, "start": starts, "end": ends}, schema={"row": pl.UInt32, "start": pl.Int32, "end": pl.Int32}
    )


def matched_words(texts: Iterable[str], pattern: str) -> str | None:
    """An expression of the plain words that `pattern` matches in `texts`, for highlighting them with any engine
    and without a clock; None where it matches nothing."""
    given = list(texts)
    words = {given[row][start:end] for row, start, end in find_all(given, pattern).iter_rows()}
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in longest_first)})(?!\w)"
