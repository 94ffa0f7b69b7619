"""What every page carries: our scripts and styles, and the policy that lets nothing else run.

The policy names the hashes of these very texts, never of what is found in a page: a script that got into a page by
some fault of the escaping is not on the list. It is the net below the escaping, not a substitute for it.
"""

import base64
import functools
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from helpers import html
from helpers.stylesheet import STYLE

VEGALITE = "6.4"


@functools.cache
def asset(name: str) -> Markup:
    """The text of a file of template/, marked as safe."""
    return Markup(files("helpers.report").joinpath("template", name).read_text(encoding="utf-8"))


@functools.cache
def style() -> Markup:
    """The style sheet of every page."""
    return asset("page.css") + Markup(STYLE)


@functools.cache
def vega() -> Markup:
    """Vega, Vega-Lite and vegaEmbed as one script, 0.9 MB; made once a process."""
    import vl_convert

    bundle = vl_convert.javascript_bundle(vl_version=VEGALITE)  # type: ignore[call-arg]
    return Markup(bundle.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def scripts(*, charts: bool) -> list[Markup]:
    """The scripts of a page, in their order: with charts also those that draw and link them."""
    return [vega(), asset("linked.js"), asset("page.js")] if charts else [asset("page.js")]


def policy(*, scripts: Iterable[str], styles: Iterable[str]) -> str:
    """A Content-Security-Policy: these scripts and styles, pictures inside the page, no request to anywhere."""

    def listed(texts: Iterable[str]) -> str:
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"

    return (
        f"default-src 'none'; script-src {listed(scripts)}; style-src {listed(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def filled(template: str, *, scripts: Iterable[str], more_styles: Iterable[str] = (), **values: Any) -> str:
    """The page that `template` (a file of template/) makes of `values`; everything but Markup is
    cleaned and escaped. `more_styles`: after the style of every page."""
    loader = jinja2.PackageLoader("helpers.report", "template")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.finalize = lambda value: html.clean(value) if type(value) is str else value
    scripts, styles = [Markup(script) for script in scripts], [style(), *map(Markup, more_styles)]
    allowed = policy(scripts=scripts, styles=styles)
    return environment.get_template(template).render(scripts=scripts, styles=styles, policy=allowed, **values)
