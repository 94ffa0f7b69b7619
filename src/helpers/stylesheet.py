"""The style of what html.py writes: the same in a notebook's output and on a page of a report.

Colours and fonts follow JupyterLab's or the page's own, light or dark; the sides have theirs from sides.py.
"""

from helpers.sides import COLOURS

_SIDES = "\n".join(f".workbench .side-{n} {{ --side: {colour}; }}" for n, colour in enumerate(COLOURS))
STYLE = (
    """
.workbench { --ink: var(--page-ink, var(--jp-content-font-color1, #24292f));
  --faint: var(--page-faint, var(--jp-content-font-color2, #656d76)); --rule: #8b94a055; line-height: 1.5;
  color: var(--ink); font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.workbench .scroll { overflow-x: auto; max-width: 100%; }
.workbench table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; border: 0; }
.workbench.workbench tr { background: none; }
.workbench.workbench :is(th, td) { padding: .3rem .75rem .3rem 0; border: 0; border-bottom: 1px solid var(--rule);
  text-align: left; vertical-align: top; max-width: 28rem; white-space: normal; }
.workbench.workbench thead th { color: var(--faint); font-weight: 600; border-bottom-width: 2px;
  vertical-align: bottom; }
.workbench .long { min-width: 15rem; }
.workbench.workbench .lines { width: 100%; } .workbench.workbench .lines :is(th, td) { padding: .2rem .6rem .2rem 0; }
.workbench.workbench .lines .n { white-space: normal; min-width: 14rem; }
.workbench.workbench .lines td:nth-child(2) { width: 1%; white-space: nowrap; }
.workbench.workbench .lines td:nth-child(3) { min-width: 14rem; }
.workbench.workbench .lines td:last-child { font-size: .75rem; line-height: 1.3; min-width: 8rem; max-width: 12rem; }
.workbench.workbench .n { text-align: right; white-space: nowrap; }
.workbench caption, .workbench .heading { text-align: left; font-weight: 600; padding: .2rem 0; caption-side: top; }
.workbench .more, .workbench .faint { color: var(--faint); font-size: .8125rem; margin: .3rem 0; }
.workbench .abreast { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 1.5rem; }
.workbench .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21.25rem), 1fr));
  gap: 0 1.75rem; max-width: 68rem; margin-bottom: .6rem; }
.workbench .side { white-space: nowrap; font-weight: 600; font-size: .8125rem; }
.workbench .side::before { content: attr(data-sign); color: var(--side); margin-right: .35em; }
.workbench .passages { list-style: none; margin: 0; padding: 0; max-width: 44rem; }
.workbench .passages > li { margin: 0 0 1.1rem; padding-left: .9rem; border-left: 3px solid var(--side, var(--rule)); }
.workbench .passages blockquote { margin: .15rem 0 0; padding: 0; border: 0; color: var(--ink);
  font-family: Charter, "Bitstream Charter", Cambria, Georgia,
  "DejaVu Serif", serif; font-size: 1rem; line-height: 1.55;
  overflow-wrap: anywhere; }
.workbench .about { margin: 0; font-size: .8125rem; color: var(--faint); overflow-wrap: anywhere; }
.workbench .about > * + *::before { content: "·"; margin: 0 .45em; color: var(--faint); font-weight: 400; }
.workbench .badge { font-size: .75rem; border: 1px solid var(--rule); border-radius: 99px; padding: 0 .5em; }
.workbench .about > .badge { margin-left: .6em; } .workbench .about > .badge::before { content: none; }
.workbench mark { background: #e3b34155; color: inherit; border-radius: 2px; padding: 0 .1em; }
.workbench .figure-title { font-weight: 600; margin: 0; }
.workbench .caption { margin: .4rem 0; max-width: 44rem; }
.workbench .notes { margin: .2rem 0; color: var(--faint); font-size: .875rem; max-width: 44rem; }
.workbench .claim { --grade: #6b7480; border-left: 3px solid var(--grade); padding: .1rem 0 .1rem .9rem;
  margin: .8rem 0; max-width: 44rem; }
.workbench .claim p { margin: .1rem 0; }
.workbench .claim ul { margin: .3rem 0 0; padding-left: 1.1rem; color: var(--faint); font-size: .875rem; }
.workbench .grade { font-size: .75rem; font-weight: 600; color: var(--grade); border: 1px solid currentColor;
  color: color-mix(in srgb, var(--grade) 55%, var(--ink)); border-radius: 99px; padding: .05em .6em;
  margin-right: .35em; white-space: nowrap; }
.workbench .claim-claimed { --grade: #2b7a4b; }
.workbench .claim-suggested { --grade: #8a6410; }
.workbench .claim-described { --grade: #4a6a94; }
.workbench .claim-withheld { border-left-style: dashed; }
.workbench summary { cursor: pointer; color: var(--faint); font-size: .875rem; }
"""
    + _SIDES
)
