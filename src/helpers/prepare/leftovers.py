"""Lines that are no part of the text: bylines, credits, menus, headings.

Judged by form alone, one line at a time, and cautiously: a line that ends like a sentence and has
a dozen words or more is kept. What is set aside here is in no passage, and the portrait of the
corpus says how many words that were.
"""

import re

_MARKED = re.compile(
    r"^\W*(?:by\s+[A-Z]|reporting by|additional reporting|edit(?:ed|ing) by|writing by|photos?\b|picture|image|"
    r"file photo|"
    r"read more|see also|related|share\b|follow\b|click|subscribe|sign up|advertisement|copyright|©|\(c\)|all rights|"
    r"contact|updated?\b|published|last modified|source:|video:|watch:|tags?:|topics?:|more on|getty|reuters|afp\b|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+\d|\d{1,2}[:.]\d\d\b)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\b(?:photo(?:s|graphs?)?|pictures?|illustration|camera|text|interview|share|print|listen|comments?|save|read|"
    r"repost(?:ing)?|reproduction|link|correspondent|desk|special to|editors?|editorial board|archive|follow us|"
    r"e-?mail|write to|send to|advertisement|copyright)\b|©",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://|www\.|@\w+\.\w+|^@\w+|[|•·»]\s*\w.*[|•·»]")
_GLUED = re.compile(r"[a-z][A-Z][a-z]|[a-z]\d{1,2}[A-Z]|[A-Z]{4,}[a-z]")
_SENTENCE_END = re.compile(r"[.!?…。！？;:,][\"”’')\]»]*\s*$")
_UNSPACED = re.compile("[\u3040-\u9fff]")
_NAME_JOINS = re.compile(r"\b(?:Mc|Mac|De|La|Le|Di|Fitz|O)[A-Z][a-z]")

LONGEST_LEFTOVER = 25
"""Words, or pairs of characters in scripts without spaces. A longer line is set aside only where it is
visibly glued together."""


def is_leftover(line: str) -> bool:
    """Whether a line (a paragraph of the document) is a byline, credit, menu, heading or glued
    teasers and not text."""
    n = max(len(line.split()), len(_UNSPACED.findall(line)) // 2)
    if n == 0:
        return True
    joins = len(_GLUED.findall(_NAME_JOINS.sub(" ", line)))
    if joins >= 3 and joins / n > 0.08:
        return True
    if n > LONGEST_LEFTOVER:
        return False
    ends = _SENTENCE_END.search(line) is not None
    if _ADDRESS.search(line) or (_MARKED.match(line) and (n < 12 or not ends)):
        return True
    if len(_CREDIT.findall(line)) >= 3 or (len(_CREDIT.findall(line)) == 2 and (not ends or n < 15)):
        return True
    letters = [c for c in line if c.isalpha()]
    if not letters:
        return True
    shouted = sum(c.isupper() for c in letters) / len(letters) > 0.7
    return (not ends and n < 15) or (shouted and n < 15)
