"""Texts -> the words that are counted, one rule for every count of words in the workbench.

A word is a run of letters and digits with inner hyphens and apostrophes, in lower case. The
English possessive is taken off, so that a country and its possessive are one word; abbreviations
keep their points ("u.s." is no pronoun). Punctuation ends a phrase: no two-word phrase reaches
across it.
"""

from collections.abc import Sequence

import polars as pl

from helpers.errors import InputError

NODE = "\ue000"
"""A character of Unicode's private area: stands in a text for a match that is to be counted around."""

_WORD = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’‘ʼ\-‐‑][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*"
_PIECE = rf"{NODE}|(?:\b\p{{L}}\.){{2,}}|\p{{N}}+(?:[.,]\p{{N}}+)+|{_WORD}|[.,;:!?…()\[\]\"“”„«»—–/|•。，、；：！？「」『』《》（）\n]"
_IS_BREAK = rf"^[^\p{{L}}\p{{N}}{NODE}]"

_UNSPACED = ("th", "lo", "km", "my", "bo")


def tokens(texts: pl.Series | Sequence[str], *, language: str = "en") -> pl.Series:
    """The words of each text: a Series of List(String), in the texts' order.

    Chinese needs `jieba`, Japanese `janome`. Raises InputError where the one that is needed is not
    installed, and for other languages written without spaces."""
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}).with_columns(language=pl.lit(language))
    table = token_table(frame).filter(~pl.col("ends_phrase"))
    grouped = table.group_by("row", maintain_order=True).agg("token")
    rows = pl.DataFrame({"row": pl.Series(range(frame.height), dtype=pl.UInt32)})
    joined = rows.join(grouped, on="row", how="left", maintain_order="left")
    return joined["token"].fill_null([]).rename("tokens")


def token_table(passages: pl.DataFrame) -> pl.DataFrame:
    """One row per word or punctuation mark of `passages` (columns `text`, `language`), in order.

    Returns columns row (UInt32, position of the passage in the table), token, ends_phrase (a
    punctuation mark, not a word)."""
    indexed = passages.select("text", "language").with_row_index("row")
    parts = []
    for (language,), part in indexed.group_by("language", maintain_order=True):
        text = _spaced(part["text"], str(language))
        found = text.str.to_lowercase().str.extract_all(_PIECE).alias("token")
        parts.append(part.select("row").with_columns(found).explode("token", empty_as_null=False))
    if not parts:
        return pl.DataFrame(schema={"row": pl.UInt32, "token": pl.String, "ends_phrase": pl.Boolean})
    token = pl.col("token").str.replace_all(r"[’‘ʼ]", "'").str.replace_all(r"[‐‑]", "-").str.replace(r"'s$", "")
    table = pl.concat(parts).drop_nulls("token").sort("row", maintain_order=True)
    return table.with_columns(token).with_columns(ends_phrase=pl.col("token").str.contains(_IS_BREAK))


def _spaced(texts: pl.Series, language: str) -> pl.Series:
    """The texts with spaces between words, where the language writes none."""
    language = language.lower()[:2]
    if language in _UNSPACED:
        raise InputError(
            f"words of language {language!r} cannot be told apart: it is written without spaces",
            where="passages, column 'language'",
            do="Leave those passages out, or put spaces between their words.",
        )
    if language == "zh":
        return pl.Series(" ".join(words) for words in _chinese(texts))
    if language == "ja":
        return pl.Series(" ".join(words) for words in _japanese(texts))
    return texts


def _chinese(texts: pl.Series) -> list[list[str]]:
    try:
        import jieba
    except ImportError:
        raise _missing("Chinese", "jieba") from None
    jieba.setLogLevel("ERROR")
    return [jieba.lcut(text) for text in texts]


def _japanese(texts: pl.Series) -> list[list[str]]:
    try:
        from janome.tokenizer import Tokenizer
    except ImportError:
        raise _missing("Japanese", "janome") from None
    tokenizer = Tokenizer()
    return [list(tokenizer.tokenize(text, wakati=True)) for text in texts]


def _missing(language: str, package: str) -> InputError:
    return InputError(
        f"{language} is written without spaces, and {package}, which finds its words, is not installed",
        where="passages, column 'language'",
        do=f"Run `pip install {package}`, or leave those passages out.",
    )
