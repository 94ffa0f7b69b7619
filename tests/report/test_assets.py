import base64
import hashlib
import re

import pytest

from helpers.report import assets


def test_the_policy_names_our_scripts_and_nothing_else():
    made = assets.policy(scripts=["let a;"], styles=[])
    digest = base64.b64encode(hashlib.sha256(b"let a;").digest()).decode()
    assert made == (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'none'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("text", [assets.vega, assets.style, lambda: assets.asset("page.js")])
def test_no_asset_can_end_its_element(text):
    made = text()
    assert len(made) > 1000
    assert not re.search(r"</(script|style)|<!--|\r", made, flags=re.IGNORECASE)
