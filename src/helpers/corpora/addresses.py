"""Lists of addresses, as Media Cloud and GDELT give them: pages are fetched, and each row gets the text of its own."""

from helpers.corpora.article import article_in
from helpers.corpora.columns import roles_of
from helpers.corpora.formats import Bad, Sheet, excerpt
from helpers.corpora.pages import Kept, collect
from helpers.errors import InputError


def lists_addresses(sheet: Sheet) -> bool:
    """Whether a table has a column of addresses and none of texts."""
    roles = roles_of(sheet.columns)
    return not (sheet.single or sheet.export) and "url" in roles and "text" not in roles


def with_pages(sheet: Sheet, *, progress: bool = False) -> Sheet:
    """`sheet` with a column `text` from the pages behind its addresses, and with `title` and `date` from them where it
    has no such columns. Rows whose page cannot be had are bad rows, with the reason."""
    roles = roles_of(sheet.columns)
    more = ["text", *(role for role in ("title", "date") if role not in roles)]
    addresses = {number: str(row.get(roles["url"]) or "").strip() for number, row in sheet.rows}
    wanted = [(address, None) for address in dict.fromkeys(addresses.values()) if address]
    found = {one.address: one for one in collect(wanted, progress=progress)}
    made = Sheet(sheet.file, [*sheet.columns, *more], bad=[*sheet.bad])
    for number, row in sheet.rows:
        reason, page = "no address", found.get(addresses[number])
        if isinstance(page, Kept):
            try:
                content = page.content()
                if content is None:
                    raise InputError("its page is no longer in the cache")
                article = article_in(content, kind=page.kind, charset=page.charset, name=page.address)
                made.rows.append((number, {**row, **{column: article.get(column) for column in more}}))
                continue
            except InputError as error:
                reason = error.what
        elif page is not None:
            reason = page.reason
        shown = excerpt(row.get(roles.get("title", "")) or addresses[number])
        made.bad.append(Bad(sheet.file, number, f"not fetched: {reason}", excerpt=shown))
    return made
