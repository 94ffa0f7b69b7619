"""British and American spellings of one word, made one: which of them an outlet uses is its house
style, and would otherwise lead every list of key words.
"""

import re

import polars as pl

_RULES = (
    (re.compile(r"^(.{3,})is(e|es|ed|ing|er|ers|ation|ations|ational|able)$"), r"\1iz\2"),
    (re.compile(r"^(.{3,})ys(e|es|ed|ing|er|ers)$"), r"\1yz\2"),
    (
        re.compile(
            r"^((?:un|dis|mis|re)?(?:arb|arm|behavi|cand|clam|col|endeav|fav|ferv|fl?av|harb|hon|hum|lab|neighb|od|parl|"
            r"rig|rum|sav|sp?lend|val|vap|vig))our(.*)$"
        ),
        r"\1or\2",
    ),
    (re.compile(r"^(.*(?:cent|met|theat|lit|fib|calib|somb|spect|sabot|lust|meag))re(s|d|'s)?$"), r"\1er\2"),
    (re.compile(r"^(.*(?:dial|catal|anal|mon|prol))ogue(s|d)?$"), r"\1og\2"),
    (re.compile(r"^(.*(?:def|off|lic|pret))ence(s|d|less)?$"), r"\1ense\2"),
    (re.compile(r"^(.{4,})ll(ed|ing|er|ers|or|ors)$"), r"\1l\2"),
    (re.compile(r"^(.*program)me(s|)$"), r"\1\2"),
    (re.compile(r"^(.*judg|.*acknowledg)ement(s?)$"), r"\1ment\2"),
)
"""Tried in order; a rule counts only where the other spelling stands in the corpus as well, which is
what keeps `exercise` and `called` as they are."""

_LISTED = {
    "ageing": "aging", "grey": "gray", "sceptical": "skeptical", "sceptics": "skeptics",
    "scepticism": "skepticism", "practise": "practice",
    "mould": "mold", "plough": "plow", "aluminium": "aluminum", "whilst": "while",
    "amongst": "among", "towards": "toward", "fulfil": "fulfill", "fulfils": "fulfills", "fulfilment": "fulfillment",
    "enrolment": "enrollment", "skilful": "skillful", "wilful": "willful", "instalment": "installment",
}  # fmt: skip


_BACK = (
    (r"iz(e|es|ed|ing|er|ers|ation|ations|ational|able)$", r"is\1"),
    (r"yz(e|es|ed|ing|er|ers)$", r"ys\1"),
    (r"or(.*)$", r"our\1"),
    (r"er(s|d|'s)?$", r"re\1"),
    (r"og(s|d)?$", r"ogue\1"),
    (r"ense(s|d|less)?$", r"ence\1"),
    (r"l(ed|ing|er|ers|or|ors)$", r"ll\1"),
    (r"program(s|)$", r"programme\1"),
    (r"gment(s?)$", r"gement\1"),
)
"""The rules the other way round: candidates, of which those count that the rules bring back."""


def spellings(word: str) -> list[str]:
    """The word and those that one_spelling makes it, where a corpus has both: `program`, `programme`."""
    if "-" in word:
        made = [""]
        for part in word.split("-"):
            made = [f"{one}-{other}" if one else other for one in made for other in spellings(part)]
        return made
    candidates = [re.sub(rule, back, word) for rule, back in _BACK if re.search(rule, word)]
    candidates += [listed for listed, plain in _LISTED.items() if plain == word]
    return [word, *sorted({one for one in candidates if one != word and _folded(one, {word}) == word})]


def one_spelling(words: pl.Series) -> pl.Series:
    """For each of the corpus's different words its American spelling, if that is one of them too;
    else the word itself. Hyphenated words are folded part by part."""
    known = set(words)
    return pl.Series([_folded(word, known) for word in words], dtype=pl.String)


def _folded(word: str, known: set[str]) -> str:
    if "-" in word:
        other = "-".join(_folded(part, known) for part in word.split("-"))
        return other if other in known else word
    if (listed := _LISTED.get(word)) in known:
        return listed or word
    for rule, replacement in _RULES:
        if rule.match(word) and (other := rule.sub(replacement, word)) in known:
            return other
    return word
