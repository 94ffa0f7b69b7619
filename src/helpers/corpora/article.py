"""The article on a page of the web, without menus, advertisements and comments, by trafilatura."""

import re
from typing import Any

from helpers.corpora.lines import lines_of
from helpers.corpora.text import clean, count_words, decode
from helpers.errors import InputError

FEWEST_WORDS = 80
"""A page with fewer is a teaser, a video's caption or a notice that asks for a subscription."""
FEWEST_BEHIND_A_WALL = 250
"""The same where the page itself says that it is not free to read (schema.org's isAccessibleForFree)."""

_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.I)


def article_on(page: bytes | str, *, name: str) -> dict[str, Any]:
    """Title, text, date, outlet, url and language of the article on a page of HTML; None where the page does not say.
    Raises InputError where there is no article or the page cannot be read."""
    import trafilatura

    if isinstance(page, bytes):
        decode(page, where=name)  # refuses binary rubbish; trafilatura knows the page's own declaration of its encoding
    try:
        found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False, include_tables=False)
    except Exception as error:  # a page of a stranger must not stop the reading, whatever breaks inside the parser
        raise InputError("the page cannot be read", where=name, found=type(error).__name__) from None
    if found is None or isinstance(found, dict) or not found.text:
        raise InputError("no article found on the page", where=name, do="Save its text as a .txt file.")
    return {
        "title": found.title,
        "text": found.text,
        "date": found.date,
        "outlet": found.sitename or found.hostname,
        "url": found.url,
        "language": found.language,
    }


def article_in(content: bytes, *, kind: str, charset: str | None, name: str) -> dict[str, Any]:
    """As article_on, for what a server sent as `kind` with the encoding `charset`: HTML, PDF or plain text.
    Raises InputError where it holds no article or, by its length, not the whole of one."""
    fewest = FEWEST_WORDS
    if kind == "application/pdf":
        article: dict[str, Any] = {"text": lines_of(content, name=f"{name}.pdf").text()}
    elif kind == "text/plain":
        article = {"text": _decoded(content, charset)}
    else:
        text = _decoded(content, charset)
        article = article_on(text, name=name)
        if _NOT_FREE.search(text):
            fewest = FEWEST_BEHIND_A_WALL
    n = count_words(clean(article["text"]))
    if n < fewest:
        raise InputError(
            f"only {n} words on the page: a teaser, a caption, or a notice that asks for a subscription", where=name
        )
    return article


def _decoded(content: bytes, charset: str | None) -> str:
    """UTF-8 where the bytes are: servers often declare another encoding from habit. Else what the server, then
    what the page declares, where the bytes agree; else the best guess."""
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,30})", content[:4096], re.I)
    for encoding in ("utf-8", charset, declared[1].decode() if declared else None):
        try:
            if encoding:
                return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode(content)[0]
