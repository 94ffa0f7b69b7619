"""Text comes in: the user's files, the corpora that can be fetched, and a study's documents on their sides."""

from helpers.corpora.fetch import fetch
from helpers.corpora.files import read
from helpers.corpora.focus import load_focus
from helpers.corpora.load import load

__all__ = ["fetch", "load", "load_focus", "read"]
