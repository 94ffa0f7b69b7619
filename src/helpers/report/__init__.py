"""Notebooks become self-contained pages: run, written as HTML that opens offline, and led to by an index."""

from helpers.report.run import report

__all__ = ["report"]
