"""Lines that are no part of the text: bylines, credits, menus, headings, captions of pictures, notes on authors.

Judged by form alone, one line at a time, and cautiously: a line that ends like a sentence and has
a dozen words or more is kept, unless a picture's credit says that it is a caption. What is set
aside here is in no passage, and the portrait of the corpus says how many words that were.
"""

import re
from collections.abc import Iterator

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

_AGENCY = r"(?:AP|AFP|EPA|Reuters|REUTERS|Getty(?: Images)?|Xinhua)"
_PICTURE = re.compile(
    # [Photo/Agency]  [Photo by A. Name / Paper]  (Photo: A. Name, Agency)  (AP Photo/A. Name, File)  (Xinhua/A. Name)
    r"\[\s?(?:File )?Photos?\b[^\[\]]{0,90}\]"
    rf"|\(\s?(?:(?:File |AP )?Photos?(?: by\b|\s?[:/])|{_AGENCY}/)[^()]{{0,90}}\)"
    # at the end of a line: Photograph: A. Name/Agency   | A. Name/Agency
    rf"|(?:\b(?:Photograph|Photo|Picture|Image): |\| )[^.!?|]{{2,80}}$|(?<=\w)/{_AGENCY}$"
)
_GALLERY = re.compile(r"\b(?:Hide Caption \d+ of \d+|toggle caption|Enlarge this image)\b")
_PLAYER = re.compile(r"\bJUST WATCHED\b.{0,300}?\bMUST WATCH\b(?:.{0,200}? \d{1,2}:\d\d\b)?")
_ROLE = (
    r"(?:professor|researcher|fellow|director|editor|lecturer|scholar|columnist|commentator|writer|journalist|reporter"
    r"|president|chair(?:man|woman)?|dean|member|adviser|advisor|analyst|ambassador|diplomat|minister|lawyer|solicitor"
    r"|barrister|economist|consultant|student|secretary|expert|specialist|head|founder|correspondent|veteran|official)"
)
_AUTHOR = re.compile(
    r"(?:^|(?<=[.!?”\"’)\]])\s*)(?:The (?:author|writer)s? (?:is|are|was|were)\b"
    rf"(?=.{{0,120}}\b{_ROLE}s?\b)|The (?:views?|opinions?) expressed\b).{{0,500}}$"
)
_SENTENCE_START = re.compile(r"(?<=[.!?…][\"”’')\]\s])\s*(?=\S)")

LONGEST_CAPTION = 80
"""Words. Before a picture's credit all of so short a stretch is its caption, of a longer one its last sentence."""
LONGEST_LEFTOVER = 25
"""Words, or pairs of characters in scripts without spaces. A longer line is set aside only where it is
visibly glued together."""


def stretches(line: str) -> Iterator[tuple[int, str]]:
    """(offset, stretch) of a line, in order, without captions of pictures, notes on the author, and what
    web pages write around galleries and players. A line without any is one stretch: itself."""
    at = 0
    for start, end in _captions(line):
        if line[at:start].strip():
            yield at, line[at:start]
        at = end
    if at == 0 or line[at:].strip():
        yield at, line[at:]


def _captions(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what is no text of the line, in order."""
    marks: list[tuple[int, int, int | None]] = [(match.end(), 0, None) for match in _GALLERY.finditer(line)]
    marks += [(match.end(), match.start(), None) for match in _PLAYER.finditer(line)]
    marks += [(match.end(), match.start(), None) for match in _AUTHOR.finditer(line)]
    marks += [(match.end(), 0, match.start()) for match in _PICTURE.finditer(line.rstrip())]
    at = 0
    for end, start, credit in sorted(marks, key=lambda mark: mark[0]):
        if end <= at:
            continue
        start = max(start, at)
        if credit is not None and len(line[at:credit].split()) > LONGEST_CAPTION:
            start = max([at, *(at + match.end() for match in _SENTENCE_START.finditer(line[at : credit - 1]))])
        yield start, end
        at = end


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
