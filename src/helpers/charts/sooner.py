"""Lets altair be imported in half the time. Imported before any other module of this package.

altair brings jsonschema, and that, where it finds the package rfc3987_syntax, has a grammar of international web
addresses compiled by it: two seconds for a check that no chart asks for. While altair is imported the package is not
to be found, which jsonschema provides for; afterwards it is.
"""

import importlib
import sys

_GRAMMAR = "rfc3987_syntax"

if _GRAMMAR not in sys.modules and "altair" not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
    try:
        importlib.import_module("altair")
    finally:
        del sys.modules[_GRAMMAR]
