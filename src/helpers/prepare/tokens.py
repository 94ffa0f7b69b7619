"""Texts -> the words that are counted, one rule for every count of words in the workbench.

A word is a run of letters and digits with inner hyphens and apostrophes, in lower case. The
English possessive is taken off, so that a country and its possessive are one word. Where outlets
only spell differently, they are brought together ("U.N." is "un", "US" and "U.S." are "u.s.", "per
cent" is "percent"). Punctuation ends a phrase: no two-word phrase reaches across it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from helpers.errors import InputError
from helpers.paths import cache_folder

NODE = "\ue000"
"""A character of Unicode's private area: stands in a text for a match that is to be counted around."""

_FUNCTION_WORDS = """
    a about above after again against all also although am among an and another any are as at be because been
    before being below between both but by can could did do does doing done down during each either else ever every
    for from further get had has have having he her here hers herself him himself his how however i if in into is it
    its itself least less let like many may me might mine more most much must my myself near neither never no
    nor not now of off often on once one only onto or other others ought our ours ourselves out over own per quite
    rather s same shall she should since so some still such t than that the their theirs them themselves then there
    therefore these they this those though through throughout thus to together too toward towards under unless until
    up upon us very via was we well were what when where whether which while who whom whose why will with within
    without would yet you your yours yourself yourselves don't doesn't didn't isn't aren't wasn't weren't won't
    wouldn't can't couldn't shouldn't haven't hasn't hadn't i'm i've we're we've they're you're it's that's"""
_FUNCTION_WORDS_ZH = """
    的 了 着 过 地 得 之 其 所 和 与 及 以及 或 或者 而 而且 并 并且 但 但是 因 因为 所以 因此 如果 虽然
    不过 然而 则 即 若 在 从 自 到 至 对 对于 关于 把 被 让 使 给 向 往 为 为了 以 于 由 由于 按 按照 根据
    通过 随着 作为 除了 比 跟 同 当 是 有 没有 没 不 无 非 未 也 都 就 才 只 还 还是 又 再 更 最 很 十分
    非常 已 已经 曾 曾经 正 正在 将 将要 会 能 能够 可 可以 可能 应 应当 应该 要 必须 需要 我 我们 你 你们
    您 他 他们 她 她们 它 它们 自己 咱们 大家 谁 什么 哪 哪些 怎么 如何 为什么 这 那 这个 那个 这些 那些
    这样 那样 这里 那里 此 该 各 各个 每 每个 某 某些 一 一个 一些 一种 两 几 个 种 上 下 中 里 内 外 前 后
    间 之间 之后 之前 以来 以后 以前 时 时候 等 等等 吗 呢 吧 啊 呀 嘛"""
FUNCTION_WORDS = frozenset((_FUNCTION_WORDS + _FUNCTION_WORDS_ZH).split())
"""English and Chinese words without a subject of their own. They are counted and tested like all others, and
marked so that a display may leave them out."""

_LETTER = r"\p{L}\p{N}\x{E001}"
_WORD = rf"[{_LETTER}][{_LETTER}\p{{M}}]*(?:['’‘ʼ\-‐‑][{_LETTER}][{_LETTER}\p{{M}}]*)*"
_MARK = r".,;:!?…()\[\]\"“”„«»—–/|•。，、；：！？「」『』《》〈〉【】（）"
_MARKS = f"[{_MARK}]"
GAP = rf"[^\p{{L}}\p{{N}}{_MARK}]"
"""A character between two words of a phrase."""
_PIECE = rf"{NODE}|(?:\b\p{{L}}\.){{2,}}|\p{{N}}+(?:[.,]\p{{N}}+)+|{_WORD}|{_MARKS}"
_IS_BREAK = rf"^[^{_LETTER}{NODE}]"

_UNITED_STATES = r"\bU\.\s?S\.(?:\s?A\.)?|\bUSA?\b"
"""Written so by one outlet and otherwise by the next; and "US" must not become the pronoun. It is told
from it by a private character until the words are found."""

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
        if str(language).startswith("en"):
            text = text.str.replace_all(_UNITED_STATES, "us\ue001").str.replace_all(r"(?i)\bper cent\b", "percent")
        found = text.str.to_lowercase().str.extract_all(_PIECE).alias("token")
        parts.append(part.select("row").with_columns(found).explode("token", empty_as_null=False))
    if not parts:
        return pl.DataFrame(schema={"row": pl.UInt32, "token": pl.String, "ends_phrase": pl.Boolean})
    table = pl.concat(parts).drop_nulls("token").sort("row", maintain_order=True)
    # Most words are many times the same: what is done to them is done once for each.
    words = table.select("token").unique().with_columns(ends_phrase=pl.col("token").str.contains(_IS_BREAK))
    tidy = pl.col("token").str.replace_all(r"[’‘ʼ]", "'").str.replace_all(r"[‐‑]", "-").str.replace(r"'s$", "")
    tidy = pl.when(tidy.str.contains(r"^(?:\p{L}\.)+$")).then(_unpointed()).otherwise(tidy)
    words = words.with_columns(tidy=tidy.str.replace_all("us\ue001", "u.s.", literal=True))
    return table.join(words, on="token", how="left", maintain_order="left").select(
        "row", pl.col("tidy").alias("token"), "ends_phrase"
    )


def _unpointed() -> pl.Expr:
    """ "u.n." is "un"; "a.m." stays as it is, for "am" is a verb."""
    plain = pl.col("token").str.replace_all(".", "", literal=True)
    return pl.when(plain.is_in(["am", "us", "it", "is", "as", "so", "no", "or"])).then("token").otherwise(plain)


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
    segmenter = _segmenter()
    return [segmenter.lcut(text) for text in texts]


@cache
def _segmenter() -> Any:
    """One for all texts: its dictionary takes a second. What it keeps on disk it keeps with ours, and not in the
    machine's folder for temporary files, where anybody may lay something else under that name."""
    try:
        import jieba
    except ImportError:
        raise _missing("Chinese", "jieba") from None
    jieba.setLogLevel("ERROR")
    made = jieba.Tokenizer()
    made.tmp_dir = str(cache_folder())
    return made


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
