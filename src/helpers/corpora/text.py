"""Turns what stands in other people's files into clean text: bytes to characters, characters to
paragraphs on lines of their own. Nothing here depends on what a text says.
"""

import codecs
import html
import re
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

from helpers.errors import InputError

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters, soft hyphens, byte-order marks, bidirectional overrides (which can make a text
read otherwise than it is stored) and halves of surrogate pairs. The joiners of Persian and Hindi stay."""

_C1 = dict(zip(range(0x80, 0xA0), bytes(range(0x80, 0xA0)).decode("cp1252", "replace"), strict=True))
"""Windows' quotation marks and dashes where somebody decoded cp1252 as Latin-1."""

_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|li|ul|ol|tr|table|blockquote|section|article|figure)\b[^<>]{0,500}>", re.I
)
_DROPPED = re.compile(r"<(script|style|noscript)\b[^<>]{0,500}>.*?</\1\s*>|<!--.*?-->", re.I | re.S)
_INLINE_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|small|sup|sub|img|font|td|th|tbody|thead|figcaption|html|body|head|meta|link|iframe)"
    r"\b[^<>]{0,2000}>",
    re.I,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")


def decode(raw: bytes, *, where: object = "the file") -> tuple[str, str]:
    """The text in `raw` and the name of its encoding: what a byte-order mark says, else UTF-8, UTF-16
    by its zero bytes, Windows-1252 for text that is mostly Latin letters, else the best guess of
    charset-normalizer. Single bytes that fit nowhere become U+FFFD.

    Raises InputError where this is no text (binary rubbish)."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace"), encoding
    sample = raw[:65536]
    if b"\0" in sample:
        wide = _utf16(sample)
        if wide is None:
            raise _no_text(where)
        text = raw.decode(wide, errors="replace")
        if len(_UNSEEN.findall(text[:20000])) > 0.01 * len(text[:20000]):
            raise _no_text(where)
        return text, wide
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 28, 29, 30, 31, 127))
    if controls > 0.01 * len(sample):
        raise _no_text(where)
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = raw.decode("utf-8", errors="replace")
    damaged = lenient.count("\ufffd")
    if sum(1 for char in lenient if char > "\x7f") - damaged > 5 * damaged:
        return lenient, "utf-8 with damaged characters"
    if sum(byte > 127 for byte in sample) < 0.35 * len(sample):
        return raw.decode("cp1252", errors="replace"), "cp1252"
    guess = from_bytes(sample[:20000]).best()
    encoding = guess.encoding if guess is not None else "cp1252"
    return raw.decode(encoding, errors="replace"), encoding


def _no_text(where: object) -> InputError:
    return InputError(
        "this is no text",
        where=where,
        expected="text",
        found="binary data",
        do="Save it as UTF-8 text or CSV, or leave the file out.",
    )


def _utf16(sample: bytes) -> str | None:
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / max(1, len(sample[1::2]))
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 and odd < 0.05 else None


def clean(text: str) -> str:
    """`text` with entities resolved, unseen and control characters removed, characters composed (NFC),
    blanks of every kind as single spaces, and one paragraph a line.

    Blank lines part paragraphs; where they do, lines broken at a fixed width are joined again.
    Cleaning twice changes nothing."""
    while True:
        text = _cleaned(text)
        # Removing characters can bring a new entity together; each round makes the text shorter.
        if "&" not in text or html.unescape(text) == text:
            return text


def _cleaned(text: str) -> str:
    while "&" in text and (resolved := html.unescape(text)) != text:
        text = resolved
    text = _LINE_ENDS.sub("\n", text).translate(_C1)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    blocks = [[" ".join(line.split()) for line in block.split("\n")] for block in re.split(r"\n[^\S\n]*\n\s*", text)]
    blocks = [lines for block in blocks if (lines := [line for line in block if line])]
    if len(blocks) > 1:
        blocks = [[_joined(lines)] if _wrapped(lines) else lines for lines in blocks]
    return "\n".join(line for lines in blocks for line in lines)


def _wrapped(lines: list[str]) -> bool:
    """Whether the lines of a block were broken at a fixed width: all but the last of like length,
    few of them ending a sentence."""
    body = lines[:-1]
    if not body or max(map(len, lines)) > 100 or min(map(len, body)) < 30:
        return False
    return sum(line.endswith((".", "!", "?", "\u201d", '"', ":")) for line in body) <= len(body) / 3


def _joined(lines: list[str]) -> str:
    return re.sub(r"(?<=\w-) (?=[a-z])", "", " ".join(lines))


def one_line(text: str) -> str:
    """`text` cleaned, on one line: for titles and names."""
    return " ".join(clean(text).split())


def without_tags(text: str) -> str:
    """`text` without the HTML tags that exports leave in a cell; paragraphs and breaks become lines.
    Text that only looks like a tag (`a < b`, `<unknown>`) stays."""
    if "<" not in text or not (_BLOCK_TAG.search(text) or _INLINE_TAG.search(text) or _DROPPED.search(text)):
        return text
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", _DROPPED.sub(" ", text)))


def count_words(text: str) -> int:
    """Words: runs between blanks, and for scripts without blanks one for every two characters."""
    unspaced = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + unspaced // 2 if unspaced else len(text.split())


_SCRIPTS = (
    ("ja", "[\u3040-\u30ff]", 0.05),
    ("ko", "[\uac00-\ud7af]", 0.3),
    ("zh", "[\u3400-\u9fff]", 0.3),
    ("fa", "[\u067e\u0686\u0698\u06af\u06cc]", 0.04),
    ("ar", "[\u0600-\u06ff]", 0.4),
    ("he", "[\u0590-\u05ff]", 0.4),
    ("uk", "[\u0454\u0456\u0457\u0491]", 0.03),
    ("ru", "[\u0400-\u04ff]", 0.4),
    ("el", "[\u0370-\u03ff]", 0.4),
    ("hi", "[\u0900-\u097f]", 0.4),
    ("th", "[\u0e00-\u0e7f]", 0.4),
)
"""Language, the letters that tell it, and the share of a text's letters from which they do."""

_COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in that is for on with as was by it he at from are this has have be not",
        "fr": "le la les des et en que dans pour est une du sur pas qui au par avec ce plus",
        "es": "el la los las de que y en un por con para una del se es al como más no su",
        "pt": "o os as de que e em um uma do da dos das para com não por no na ao mais",
        "de": "der die das und in den von zu mit ist nicht auf für ein eine dem des im sich auch",
        "it": "il la di che e in un per del una con non dei della è le gli sono alla nel",
    }.items()
}


def language_of(text: str) -> str:
    """Two-letter code of the text's language by its script, or by its commonest words for English,
    French, Spanish, Portuguese, German and Italian; "und" (undetermined) where neither says."""
    sample = text[:4000]
    if not sample.isascii():
        letters = sum(char.isalpha() for char in sample)
        for code, pattern, share in _SCRIPTS:
            if letters and len(re.findall(pattern, sample)) > share * letters:
                return code
    words = Counter(re.findall(r"\w+", sample.casefold()))
    if not words:
        return "und"
    counts = {code: sum(words[word] for word in common) for code, common in _COMMON.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= 0.12 * words.total() else "und"
