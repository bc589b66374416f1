"""The factories themselves: one per model, each trait reachable, submissions in order."""

import pytest
from django.apps import apps

from monitoring.models import Observation
from partnerships.models import Endorsement
from tests import factories

pytestmark = pytest.mark.django_db
ALL = [value for name, value in vars(factories).items() if name.endswith("Factory")]
# A counter, what triggers write, and what only an import, a merge or the API's own door writes.
WITHOUT = {
    "partnerships.ReferenceYear",
    "monitoring.ImportedActivity",
    # Derived from what people write, by triggers and refreshes.
    "monitoring.ChangesSeen",
    "monitoring.FigureRollup",
    "monitoring.ReportFigure",
    "monitoring.ReportHeadline",
    "monitoring.ReportMeasure",
    "monitoring.RollupChange",
    "monitoring.UnitRollup",
    # Written together with the row whose past they keep, or whose parts they are.
    "partnerships.BenefitValue",
    "partnerships.Correction",
    "partnerships.RiskRating",
    "partnerships.Share",
    "partnerships.Sharing",
    "partnerships.SuggestedMember",
    "registry.IdempotentAnswer",
    "registry.OutboxEntry",
    "registry.AuditEntry",
    "registry.AuditSeal",
    "registry.PartnerSearch",
    "partnerships.PartnershipSearch",
    "partnerships.Facets",
    "registry.PartnerMerge",
    "registry.MovedField",
}
CASES = [(f, t) for f in ALL for t in [None, *f._meta.parameters]]


def test_every_model_that_people_write_has_a_factory():
    models = {
        model._meta.label
        for app in ("registry", "partnerships", "monitoring")
        for model in apps.get_app_config(app).get_models()
    }

    assert models - WITHOUT == {f._meta.get_model_class()._meta.label for f in ALL}


@pytest.mark.parametrize(("made_by", "trait"), CASES, ids=lambda v: getattr(v, "__name__", v))
def test_creates_a_row_that_the_model_accepts(made_by, trait):
    row = made_by(**({trait: True} if trait else {}))

    row.refresh_from_db()
    row.full_clean(exclude=[f.name for f in row._meta.fields if f.generated or f.blank or f.null])


def test_an_agreed_framework_is_endorsed_by_every_member():
    partnership = factories.PartnershipFactory(active=True)
    factories.MembershipFactory.create_batch(2, partnership=partnership)

    framework = factories.FrameworkFactory(partnership=partnership, agreed=True)

    assert framework.agreement.is_endorsed_by_all()
    hashes = Endorsement.objects.values_list("sha256", flat=True)
    assert list(hashes) == [framework.agreement.sha256] * 3


def test_periods_follow_each_other():
    framework = factories.FrameworkFactory(agreed=True)

    periods = factories.PeriodFactory.create_batch(5, framework=framework)

    assert [p.label for p in periods] == ["2024 Q1", "2024 Q2", "2024 Q3", "2024 Q4", "2025 Q1"]
    assert periods[3].ends_on.isoformat() == "2024-12-31"


def test_an_approved_submission_counts_and_its_correction_replaces_it():
    indicator = factories.IndicatorFactory(result__framework__agreed=True)
    period = factories.PeriodFactory(framework=indicator.result.framework)
    unit = factories.ReportingUnitFactory(membership__partnership=period.framework.partnership)

    for value in (5, 7):
        factories.SubmissionFactory(
            unit=unit, period=period, values={indicator: value}, approved=True
        )

    assert [o.value for o in Observation.objects.counting()] == [7]
    assert list(unit.submissions.order_by("revision").values_list("status", flat=True)) == [
        "superseded",
        "approved",
    ]
