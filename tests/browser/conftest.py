"""A Chromium, and a small world to look at."""

import os
import shutil
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import sync_playwright

from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import digest
from tests.factories import (
    AffectedGroupFactory,
    AgreementFactory,
    BeneficiaryGroupFactory,
    BenefitFactory,
    BudgetLineFactory,
    CommitmentFactory,
    ConsultationFactory,
    DeliverableFactory,
    ExpenditureFactory,
    FeedbackFactory,
    FrameworkFactory,
    FundFactory,
    GoalFactory,
    IndicatorFactory,
    LessonFactory,
    LocationFactory,
    MarkerFactory,
    MembershipFactory,
    NeedFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
    PartnershipVersionFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportFactory,
    ReportingUnitFactory,
    RiskFactory,
    SolutionFactory,
    SubmissionFactory,
    TechnologyAssessmentFactory,
    UserFactory,
)

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium; where CI is set it has to be there."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread; the tests' own queries are not within it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """`open_page(width)` gives a page that notes what it says and whom it asks."""
    contexts = []

    def opened(width=1280, *, script=True, colours="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=live_server.url,
            java_script_enabled=script,
            color_scheme=colours,
        )
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def world(live_server):
    """A partnership with figures, a published report, an evaluator with something to report."""

    class World:
        partnership = PartnershipFactory(
            active=True, title="Wells for all the villages of the dry districts"
        )
        member = MembershipFactory(partnership=partnership)
        framework = FrameworkFactory(partnership=partnership, agreed=True)
        wells = IndicatorFactory(
            result__framework=framework,
            title="Wells in use at the end of the quarter, all districts together",
            cumulative=True,
            baseline_value=Decimal(0),
            baseline_on=date(2023, 12, 31),
        )
        sold = IndicatorFactory(result__framework=framework, title="Pumps sold", unit="pumps")
        unit = ReportingUnitFactory(membership=member, since_on=date(2024, 1, 1))
        evaluator = UserFactory(evaluates=member.partner)
        lead = UserFactory(manages=partnership.memberships.get(roles=["lead"]).partner)

    world = World
    world.partnership.goals.add(*[GoalFactory(number=n) for n in range(1, 18)])
    PeriodTargetFactory(indicator=world.wells, value=Decimal(2_000_000))
    for n in range(4):
        period = PeriodFactory(framework=world.framework)
        values = {world.wells: 1234 * n * n * 50, world.sold: 700 * n}
        SubmissionFactory(unit=world.unit, period=period, values=values, approved=True)
    world.period = PeriodFactory(framework=world.framework)
    CommitmentFactory(partnership=world.partnership, membership=world.member)
    world.agreement = AgreementFactory(partnership=world.partnership, binding=True)
    AgreementFactory(partnership=world.partnership, kind="ledger", binding=True)
    RiskFactory(partnership=world.partnership, shares={world.member: 70, None: 30})
    BenefitFactory(partnership=world.partnership)
    content = partnership_report(
        period, reference_on=period.ends_on, cutoff_at=ReportFactory.build(period=period).cutoff_at
    )
    world.report = ReportFactory(
        period=period, content=content, sha256=digest(content), published=True
    )
    return world


@pytest.fixture
def living(world):
    """The same with something on each page of the partnership and of the catalogue."""
    made = world.partnership
    BudgetLineFactory.create_batch(3, partnership=made, title="Pipes, pumps and their transport")
    ExpenditureFactory(line=made.budget_lines.first())
    DeliverableFactory(commitment=made.commitments.get(), title="Forty pumps in forty villages")
    place = LocationFactory(partnership=made, name="The northern wards", latitude=3, longitude=35)
    PartnershipCountryFactory(partnership=made, country=place.country, percentage=100)
    PartnershipSectorFactory(partnership=made, percentage=100)
    MarkerFactory(partnership=made, assessed=True)
    BeneficiaryGroupFactory(partnership=made, people="youth")
    AffectedGroupFactory(partnership=made, size=7)
    ConsultationFactory(partnership=made, told=True)
    TechnologyAssessmentFactory(partnership=made, technology="Meters that are read from afar")
    FeedbackFactory(partnership=made, answered=True)
    LessonFactory(partnership=made, published=True, title="Seals are kept in each district")
    PartnershipVersionFactory(partnership=made)
    made.amend(summary="Safe water for everybody, all the year round, in all of the districts.")
    PartnershipVersionFactory(partnership=made, why="amended")
    SolutionFactory(title="Pump mechanics on a shared motorcycle", evidence="Counted.")
    NeedFactory(title="Repair of water kiosks in the northern wards", finance=True)
    FundFactory(title="Water and toilets at schools and health posts of the lake basin")
    return world
