"""Who speaks: the stretches of a text that are quoted or attributed, by its marks and verbs.

A rule-based reading, made for news and speeches in English and Chinese; quotation marks of other
languages are known, reporting verbs are not. Quotations of fewer than four words are left to the outlet:
scare quotes and borrowed names are its own choice of words.
"""

import re
from itertools import pairwise

SHORTEST_QUOTATION = 4
"""Words. A shorter stretch between quotation marks is not counted as somebody else's voice."""

_PAIRS = {"“": "”", "«": "»", "„": "“”", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile('[“”«»„「」『』"]')
_WORD = re.compile(r"\w+(?:['’-]\w+)*")

_VERBS = (
    r"said|says|told|tells|added|adds|stated|stressed|stresses|noted|argued|argues|claimed|"
    r"announced|declared|declares|warned|warns|insisted|insists|emphasi[sz]ed|emphasi[sz]es|pointed out|explained|"
    r"believes?|continued|recalled|replied|remarked|suggested|urged|maintained|asserted|commented|acknowledged|reiterated"
)
_ATTRIBUTED = re.compile(
    rf"\b(?:{_VERBS})\s+that\b"
    rf"|,[”\"]?\s+(?:(?:he|she|they|it)\s+|the\s+[\w\s-]{{1,40}}?|[A-Z][\w.’'-]+(?:\s+[A-Z][\w.’'-]+){{0,3}}\s+)(?:also\s+)?(?:{_VERBS})\b"
    rf"|,[”\"]\s+(?:{_VERBS})\b"
    r"|\b[Aa]ccording to\s+(?!which)(?:the\s+|a\s+|an\s+)?[A-Z]?\w"
    r"|\b[Ii]n (?:his|her|their) (?:words|view|opinion)\b"
    rf"|\b(?:(?:[Hh]e|[Ss]he|[Tt]hey)\s+|[Tt]he (?:\w+\s){{1,3}})(?:also\s+)?(?:{_VERBS})\b(?=[\s:,]+[\w“\"])"
)
_ATTRIBUTED_ZH = re.compile(
    "(?:(?<![听小传据学])说|(?<![简名俗职号统人])称|说道|表示|指出|强调|认为|宣布|警告|透露|呼吁|重申|声称|主张|坦言|回应|补充道)"
    "(?:道|了)?[，,：:“「]"
    "|据[^，。！？]{0,20}?(?:报道|介绍|消息|透露|称|统计)[，,]"
)
"""Its comma or colon shows a reporting verb: what follows is what was said."""


def words(text: str) -> int:
    """Number of words: runs of letters and digits, with inner hyphens and apostrophes; in scripts
    written without spaces every two characters count as one word."""
    n = len(_WORD.findall(text))
    dense = sum("぀" <= c <= "鿿" for c in text)
    return n if dense < 2 * n else dense // 2


def quotations(paragraph: str) -> list[tuple[int, int]]:
    """Offsets (start, end) of the quotations in one paragraph, marks included, in order.

    A mark that is never closed quotes to the paragraph's end if it stands at its beginning (the
    usage for quotations of several paragraphs), else it is taken for a stray mark."""
    found, opened, closer = [], -1, ""
    for match in _MARK.finditer(paragraph):
        mark = match.group()
        if opened < 0:
            if mark in _PAIRS:
                opened, closer = match.start(), _PAIRS[mark]
        elif mark in closer:
            found.append((opened, match.end()))
            opened = -1
    if opened >= 0 and not paragraph[:opened].strip():
        found.append((opened, len(paragraph)))
    return [(a, b) for a, b in found if words(paragraph[a:b]) >= SHORTEST_QUOTATION]


def attributed(sentence: str) -> bool:
    """Whether the sentence reports what somebody said ("X said that ...", "according to X", "X说，...")."""
    return _ATTRIBUTED.search(sentence) is not None or _ATTRIBUTED_ZH.search(sentence) is not None


def quoted_words(paragraph: str, cuts: list[tuple[int, int]]) -> list[int]:
    """For each sentence (start, end) of the paragraph, how many of its words are not the outlet's
    own: all of them where the sentence is attributed, else those between quotation marks."""
    inside = quotations(paragraph)
    made = []
    for start, end in cuts:
        overlap = [(max(a, start), min(b, end)) for a, b in inside if a < end and b > start]
        if attributed(paragraph[start:end]):
            made.append(words(paragraph[start:end]))
        else:
            made.append(sum(words(paragraph[a:b]) for a, b in overlap))
    return made


def changes(shares: list[float]) -> list[bool]:
    """Between each sentence and the next: whether the voice changes (a share passes one half)."""
    return [(a > 0.5) != (b > 0.5) for a, b in pairwise(shares)]
