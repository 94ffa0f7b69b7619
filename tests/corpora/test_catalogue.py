import csv
import datetime
import re

from helpers.corpora.debate import states
from helpers.paths import data_folder


def rows() -> list[dict[str, str]]:
    with (data_folder() / "catalogue.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_ids_and_addresses_come_once() -> None:
    listed = rows()
    addresses = [re.sub(r"^https?://(?:www\.)?", "", row["url"]).rstrip("/").lower() for row in listed]
    assert len({row["id"] for row in listed}) == len(set(addresses)) == len(listed) == 325
    assert all(row["url"].startswith(("http://", "https://")) for row in listed)


def test_dates_are_days_months_or_years_that_exist() -> None:
    lengths = {"day": 10, "month": 7, "year": 4, "": 0}
    for row in rows():
        assert len(row["date"]) == lengths[row["date_precision"]], row["id"]
        if row["date"]:
            day = datetime.date.fromisoformat((row["date"] + "-01-01")[:10])
            assert datetime.date(1945, 1, 1) <= day <= datetime.date(2026, 12, 31), row["id"]


def test_labels_are_consistent() -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for row in rows():
        assert row["side"] in ("state_media", "western", "un")
        assert row["funding"] in ("state", "public", "private", "intergovernmental")
        assert row["title_by"] in ("publisher", "catalogue") and row["seen"] in ("yes", "no")
        assert re.fullmatch("[a-z]{2}", row["language"]) and row["title"] and row["subject"]
        assert (row["country"] == "") == (row["side"] == "un") and (not row["country"] or row["country"] in states())
        said.setdefault(row["outlet"], set()).add((row["side"], row["country"]))
    assert all(len(labels) == 1 for labels in said.values()), "an outlet is on one side and in one country"
