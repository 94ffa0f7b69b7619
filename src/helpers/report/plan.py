"""A lesson plan as a page to read and to print."""

from helpers.report import assets
from helpers.report.about import About
from helpers.report.foot import foot
from helpers.seminar.plan import Lesson


def plan_page(plan: Lesson, *, about: About) -> str:
    """The page of a lesson plan."""
    return assets.filled(
        "plan.html",
        scripts=[assets.asset("page.js")],
        more_styles=[assets.asset("plan.css")],
        plan=plan,
        **foot(about, record=about.record, day=None, page="Lesson plan"),
    )
