"""Which values are doubtful, by the defaults and by a framework's own rules."""

from datetime import timedelta
from decimal import Decimal

import pytest

from monitoring.ingest.quality import findings, findings_of
from monitoring.models import Submission
from monitoring.services.quality import hand_in
from registry.errors import DomainError
from tests import factories as f

pytestmark = pytest.mark.django_db


class Unit:
    """One unit with an indicator, and its approved values in the periods before."""

    def __init__(self, *before, **indicator):
        self.unit = f.ReportingUnitFactory()
        self.framework = f.FrameworkFactory(
            partnership=self.unit.membership.partnership, agreed=True
        )
        self.result = f.ResultFactory(framework=self.framework)
        self.indicator = f.IndicatorFactory(result=self.result, **indicator)
        for value in before:
            self.submit(value).approved_already()

    def submit(self, value, category=None, **row):
        self.period = f.PeriodFactory(framework=self.framework)
        self.submission = f.SubmissionFactory(unit=self.unit, period=self.period)
        self.add(value, category, **row)
        return self

    def add(self, value, category=None, **row):
        parts = {"value": value}
        if isinstance(value, tuple):
            parts = {"value": None, "numerator": value[0], "denominator": value[1]}
        return f.ObservationFactory(
            submission=self.submission, indicator=self.indicator, category=category, **parts, **row
        )

    def approved_already(self):
        f.approve(self.submission)

    def found(self):
        return [(one.severity, one.check) for one in findings(self.submission)]

    def rule(self, check, severity, **rule):
        f.QualityRuleFactory(framework=self.framework, check_of=check, severity=severity, **rule)


@pytest.mark.parametrize(
    ("before", "now", "indicator", "expected"),
    [
        # a jump is more than three times up or down
        ([10], 30, {}, []),
        ([10], Decimal("30.1"), {}, [("warning", "jump")]),
        ([30], 10, {}, []),
        ([31], 10, {}, [("warning", "jump")]),
        ([10], -10, {}, [("warning", "jump")]),
        ([10], 0, {}, [("warning", "jump")]),
        ([0], 500, {}, []),
        ([], 500, {}, []),
        ([1], 5, {"rating": True}, []),
        ([0], 1, {"yes_no": True}, []),
        # a running total does not fall
        ([10], 9, {"cumulative": True}, [("warning", "falls")]),
        ([10], 10, {"cumulative": True}, []),
        ([10], 9, {"point_in_time": True}, []),
        # the same figure twice
        ([10], 10, {}, [("note", "copied")]),
        ([0], 0, {}, []),
        ([10], 10, {"point_in_time": True}, []),
        # middle 12, deviations 2, 1, 0, 1, 2: 0.6745 × 6 / 1 = 4.047 is beyond 3.5, 5 / 1 not
        ([10, 11, 12, 13, 14], 18, {}, [("warning", "outlier")]),
        ([10, 11, 12, 13, 14], 17, {}, []),
        ([11, 12, 13, 14], 18, {}, []),
        ([12, 12, 12, 12, 12], 18, {}, []),
        # people are whole, unless their number was estimated
        ([], Decimal("4.5"), {"people": True}, [("error", "whole")]),
        ([], Decimal("4.5"), {}, []),
        # of five there are not six
        ([], (6, 5), {"ratio": True}, [("warning", "within")]),
        ([], (5, 5), {"ratio": True}, []),
        ([(1, 10)], (4, 10), {"ratio": True}, [("warning", "jump")]),
        ([(1, 10)], (0, 0), {"ratio": True}, []),
    ],
)
def test_the_defaults(before, now, indicator, expected):
    unit = Unit(*before, **indicator).submit(now)

    assert unit.found() == expected


def test_an_estimated_number_of_people_may_be_a_fraction():
    unit = Unit(people=True).submit(Decimal("4.5"), method="survey", sample_size=40)

    assert unit.found() == []


@pytest.mark.parametrize(
    ("check", "rule", "now", "expected"),
    [
        ("range", {"low": 0, "high": 100}, -1, [("error", "range")]),
        ("range", {"low": 0, "high": 100}, 0, []),
        ("range", {"low": 0, "high": 100}, 100, []),
        ("range", {"low": 0, "high": 100}, 101, [("error", "range")]),
        ("range", {"high": 0}, 1, [("error", "range")]),
        ("range", {"low": 5}, 1000, []),
        ("whole", {}, Decimal("1.5"), [("error", "whole")]),
        ("evidence", {}, 5, [("error", "evidence")]),
    ],
)
def test_a_frameworks_own_rule(check, rule, now, expected):
    unit = Unit().submit(now)
    unit.rule(check, "error", **rule)

    assert unit.found() == expected


def test_an_indicators_rule_comes_before_its_frameworks():
    unit = Unit(10).submit(31)
    unit.rule("jump", "error", limit=2)
    assert unit.found() == [("error", "jump")]

    unit.rule("jump", "off", indicator=unit.indicator)

    assert unit.found() == []


def test_a_rule_without_a_limit_takes_the_default():
    unit = Unit(10).submit(31)
    unit.rule("jump", "note")

    assert unit.found() == [("note", "jump")]


def test_shares_are_said_as_percentages():
    unit = Unit((1, 10), ratio=True).submit((4, 10))

    (found,) = findings(unit.submission)
    assert " ".join(found.text.split()) == "From 10 % to 40 %: more than 3 times up or down."


@pytest.mark.parametrize(
    ("now", "expected"), [(75, []), (125, []), (74, ["target"]), (126, ["target"])]
)
def test_far_from_the_periods_own_target(now, expected):
    unit = Unit().submit(now)
    period = unit.period
    f.PeriodTargetFactory(
        indicator=unit.indicator, starts_on=period.starts_on, ends_on=period.ends_on, value=100
    )

    assert [check for _, check in unit.found()] == expected


def test_one_of_several_units_is_not_held_against_the_partnerships_sum():
    unit = Unit().submit(10)
    f.ReportingUnitFactory(membership=f.MembershipFactory(partnership=unit.framework.partnership))
    period = unit.period
    f.PeriodTargetFactory(
        indicator=unit.indicator, starts_on=period.starts_on, ends_on=period.ends_on, value=100
    )

    assert unit.found() == []


def test_a_yearly_target_is_not_a_quarters():
    unit = Unit().submit(10)
    unit.submission.delete()
    for _ in range(3):
        unit.submit(10)
        unit.submission.delete()
    unit.submit(10)
    f.PeriodTargetFactory(
        indicator=unit.indicator,
        starts_on=unit.period.starts_on - timedelta(days=100),
        ends_on=unit.period.ends_on,
        value=100,
    )

    assert unit.found() == []


def broken_down(total, *parts, **indicator):
    unit = Unit(**indicator)
    categories = [f.CategoryFactory(code=code) for code in "FM"]
    unit.indicator.dimensions.add(categories[0].dimension)
    unit.submit(total)
    for category, part in zip(categories, parts, strict=False):
        unit.add(part, category)
    return unit


@pytest.mark.parametrize(
    ("total", "parts", "indicator", "expected"),
    [
        (10, (6, 4), {}, []),
        (10, (6, 3), {}, [("warning", "breakdown")]),
        (10, (6, 5), {}, [("warning", "breakdown")]),
        (10, (6,), {}, [("warning", "breakdown")]),
        (10, (), {}, []),
        (0, (0, 0), {}, []),
        ((5, 10), ((2, 4), (3, 6)), {"ratio": True}, []),
        ((5, 10), ((2, 4), (3, 5)), {"ratio": True}, [("warning", "breakdown")]),
        (4, (3, 5), {"rating": True}, []),
        (5, (9, 1), {"combine": "max"}, []),
    ],
)
def test_parts_are_held_against_the_total(total, parts, indicator, expected):
    assert broken_down(total, *parts, **indicator).found() == expected


def test_what_is_not_safe_to_break_down_is_neither_doubtful_nor_counted():
    unit = broken_down(10, 6)
    dimension = unit.indicator.dimensions.get()
    f.UnsafeBreakdownFactory(
        submission=unit.submission, indicator=unit.indicator, dimension=dimension
    )

    assert unit.found() == []
    hand_in(unit.submission, by=sender_of(unit))
    assert unit.submission.quality.parts["broken_down"] == (0, 0)


def test_a_correction_of_the_total_alone_is_held_against_the_parts_that_count():
    unit = broken_down(10, 6, 4)
    f.approve(unit.submission)
    unit.submission = f.SubmissionFactory(unit=unit.unit, period=unit.period)
    unit.add(11)

    assert unit.found() == [("warning", "breakdown")]


def test_evidence_of_the_value_or_of_its_submission_will_do():
    unit = Unit().submit(5)
    unit.rule("evidence", "error")
    assert unit.found() == [("error", "evidence")]
    evidence = f.EvidenceFactory(submission=unit.submission)
    assert unit.found() == []

    evidence.change(accepted=False)

    assert unit.found() == [("error", "evidence")]


def sender_of(unit):
    return f.UserFactory(evaluates=unit.unit.membership.partner)


def test_an_error_is_not_handed_in_and_says_what_is_wrong():
    unit = Unit().submit(101)
    unit.rule("range", "error", low=0, high=100)

    with pytest.raises(DomainError) as refused:
        hand_in(unit.submission, by=sender_of(unit))

    assert refused.value.code == "doubtful"
    (finding,) = refused.value.extra["findings"]
    assert finding["text"] == "Expected 0 to 100, found 101."
    assert Submission.objects.get(pk=unit.submission.pk).status == "draft"


def test_a_warning_is_handed_in_once_it_has_a_reason():
    unit = Unit(10).submit(100)
    with pytest.raises(DomainError, match=r"1 value\(s\) need a reason"):
        hand_in(unit.submission, by=sender_of(unit))
    unit.submission.observations.update(variance_reason="The second well opened.")

    hand_in(unit.submission, by=sender_of(unit))

    stored = Submission.objects.get(pk=unit.submission.pk)
    assert (stored.status, stored.quality.warnings) == ("submitted", 1)
    assert stored.quality.findings[0]["reason"] == "The second well opened."


def test_a_reason_does_not_help_against_an_error():
    unit = Unit().submit(101, variance_reason="It is so.")
    unit.rule("range", "error", high=100)

    with pytest.raises(DomainError, match="cannot be right"):
        hand_in(unit.submission, by=sender_of(unit))


def test_a_note_is_in_nobodys_way():
    unit = Unit(10).submit(10)

    hand_in(unit.submission, by=sender_of(unit))

    assert unit.submission.quality.notes == 1


def test_the_score_is_the_mean_of_the_parts_that_apply():
    # Complete 1 of 2, in time 0 of 1 (the period ended long ago), plausible 2 of 3,
    # broken down 1 of 1, backed 3 of 3: (1/2 + 0 + 2/3 + 1 + 1) / 5 = 19/30 = 0.6333
    unit = broken_down(10, 6, 4)
    f.IndicatorFactory(result=unit.result)
    f.EvidenceFactory(submission=unit.submission)
    unit.rule("range", "warning", low=5)
    unit.submission.observations.update(variance_reason="Only few came.")

    hand_in(unit.submission, by=sender_of(unit))

    assert unit.submission.quality.parts == {
        "complete": (1, 2),
        "in_time": (0, 1),
        "plausible": (2, 3),
        "broken_down": (1, 1),
        "backed": (3, 3),
    }
    assert unit.submission.quality.score == Decimal("0.6333")


def test_several_submissions_cost_the_queries_of_one(django_assert_num_queries):
    made = [Unit(10).submit(100).submission.pk for _ in range(6)]
    for size in (1, 6):
        wanted = Submission.objects.filter(pk__in=made[:size])
        submissions = list(wanted.select_related("period__framework", "unit__membership"))
        with django_assert_num_queries(10):
            found = findings_of(submissions)
        assert [len(one) for one in found.values()] == [1] * size


@pytest.mark.parametrize(
    ("total", "parts", "indicator"),
    [(4, (3, 5), {"rating": True}), (5, (9, 1), {"combine": "max"})],
)
def test_parts_that_need_not_make_a_total_are_broken_down_all_the_same(total, parts, indicator):
    unit = broken_down(total, *parts, **indicator)
    unit.submission.observations.update(variance_reason="Few answered.")

    hand_in(unit.submission, by=sender_of(unit))

    assert unit.submission.quality.parts["broken_down"] == (1, 1)


@pytest.mark.parametrize(("lifts", "asked"), [(None, 0), (True, 1)])
def test_a_correction_need_not_say_again_what_is_not_safe(lifts, asked):
    unit = broken_down(10)
    stated = {"indicator": unit.indicator, "dimension": unit.indicator.dimensions.get()}
    f.UnsafeBreakdownFactory(submission=unit.submission, **stated)
    f.approve(unit.submission)
    unit.submission = f.SubmissionFactory(unit=unit.unit, period=unit.period)
    unit.add(11)
    if lifts:
        f.UnsafeBreakdownFactory(submission=unit.submission, lifts=True, **stated)

    hand_in(unit.submission, by=sender_of(unit))

    assert unit.submission.quality.parts["broken_down"] == (0, asked)
