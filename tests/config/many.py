"""Many rows of every kind that the API lists, made quickly: copies of one good row."""

import uuid
from datetime import date, timedelta
from uuid import uuid4

from django.db import transaction

from partnerships.models import Share, Sharing
from registry.models import Partner, Token
from tests import factories as f
from tests.config.copying import copies, letters, of
from tests.config.many_monitored import MONITORED

A_DAY = date(2000, 1, 1)


def affiliations(count, admin):
    partners = copies(f.PartnerFactory(), count)
    copies(f.AffiliationFactory(), count, lambda n: {"partner": partners[n]})


def join_requests(count, admin):
    partners = copies(f.PartnerFactory(), count)
    copies(f.JoinRequestFactory(), count, lambda n: {"partner": partners[n]})


def tokens(count, admin):
    for n in range(count):
        Token.issue(admin, name=str(n))


def invitations(count, admin):
    copies(f.InvitationFactory(), count, lambda n: {"email": f"{n}@example.org"})


def service_accounts(count, admin):
    row = f.UserFactory(service=True)
    made = copies(row, count, lambda n: {"email": f"{n}@service.invalid", "key": uuid4()})
    copies(f.AffiliationFactory(), count, lambda n: {"user": made[n]})
    return row


def service_tokens(count, admin):
    account = service_accounts(1, admin)
    for n in range(count):
        Token.issue(account, name=str(n), by=admin)


def assignments(count, admin):
    row = f.AssignmentFactory()
    made = copies(row.partnership, count)
    copies(row, count, lambda n: {"partnership": made[n]})


def partnerships(count, admin):
    made = copies(f.PartnershipFactory(active=True), count, lambda n: {"reference": f"P-{n:09}"})
    copies(f.PartnershipCountryFactory(), count, lambda n: {"partnership": made[n]})
    copies(f.MembershipFactory(), count, lambda n: {"partnership": made[n]})


def memberships(count, admin):
    partners = copies(f.PartnerFactory(), count)
    copies(f.MembershipFactory(), count, lambda n: {"partner": partners[n]})


def declarations(count, admin):
    copies(f.DeclarationFactory(membership__partnership__active=True), count)


def commitment_handovers(count, admin):
    row = f.CommitmentHandoverFactory()
    promises = copies(row.commitment, count)
    copies(row, count, lambda n: {"commitment": promises[n]})


def lead_handovers(count, admin):
    row = f.LeadHandoverFactory()
    ended = {"status": "declined", "answered_at": f.NOON}
    copies(row, count, lambda n: ended)


def endorsements(count, admin):
    row = f.EndorsementFactory()
    agreements = copies(row.agreement, count, lambda n: {"edition": n + 10})
    copies(row, count, lambda n: {"agreement": agreements[n]})


def objections(count, admin):
    row = f.ObjectionFactory()
    agreements = copies(row.agreement, count, lambda n: {"edition": n + 10})
    copies(row, count, lambda n: {"agreement": agreements[n]})


def divided(factory, name):
    """Rows of the ledger, each divided between its lead and the public."""

    @transaction.atomic
    def made(count, admin):
        row = factory(shares__none=True)
        lead = row.partnership.memberships.get()
        rows = copies(row, count)
        sharings = Sharing.objects.bulk_create(
            Sharing(**{name: one}, held_from=f.NOON) for one in rows
        )
        Share.objects.bulk_create(
            Share(sharing=one, membership=member, percent=50)
            for one in sharings
            for member in (lead, None)
        )

    return made


def disclosures(count, admin):
    made = copies(f.DisclosureFactory(), count, lambda n: {"code": str(n)})
    copies(f.CrosswalkFactory(), count, lambda n: {"disclosure": made[n]})


def focal_points(count, admin):
    countries = copies(
        f.CountryFactory(),
        count,
        lambda n: {"alpha2": letters(n, 2).lower(), "alpha3": letters(n, 3).lower()},
    )
    partners = copies(f.PartnerFactory(kind="national_government"), count)
    copies(
        f.FocalPointFactory(),
        count,
        lambda n: {"partner": partners[n], "country": countries[n]},
    )


def due_diligence(count, admin):
    partners = copies(f.PartnerFactory(company=True), count)
    reviews = copies(f.DueDiligenceFactory(), count, lambda n: {"partner": partners[n]})
    copies(f.CriterionAnswerFactory(), count, lambda n: {"review": reviews[n]})


def notices(count, admin):
    events = copies(f.EventFactory(), count)
    copies(f.NoticeFactory(), count, lambda n: {"user": admin, "event": events[n]})


def webhook_deliveries(count, admin):
    events = copies(f.EventFactory(), count)
    copies(f.WebhookDeliveryFactory(), count, lambda n: {"event": events[n], "key": uuid.uuid4()})


def history(count, admin):
    """The list is one record's: what to ask for is answered."""
    partner = f.PartnerFactory()
    for n in range(count):
        Partner.objects.filter(pk=partner.pk).update(summary=str(n))
    return f"&subject_type=registry.partner&subject_id={partner.pk}"


def partnership_reviews(count, admin):
    made = copies(f.PartnershipFactory(submitted=True), count)
    rows = copies(f.PartnershipReviewFactory(), count, lambda n: {"partnership": made[n]})
    copies(f.ReviewCheckFactory(), count, lambda n: {"review": rows[n]})


def amendments(count, admin):
    row = f.AmendmentFactory(withdrawn=True)
    made = copies(row, count, lambda n: {"number": n + 2})
    copies(f.AmendmentEndorsementFactory(), count, lambda n: {"amendment": made[n]})


def beneficiary_groups(count, admin):
    row = f.BeneficiaryGroupFactory()
    made = copies(row.partnership, count, lambda n: {"reference": f"P-{n:09}"})
    copies(row, count, lambda n: {"partnership": made[n]})


def statements(count, admin):
    row = f.TenPrinciplesCommitmentFactory()
    partners = copies(f.PartnerFactory(), count)
    members = copies(row.membership, count, lambda n: {"partner": partners[n]})
    copies(row, count, lambda n: {"membership": members[n]})


def consultations(count, admin):
    row = f.ConsultationFactory(turnouts=[])
    made = copies(row, count)
    copies(f.TurnoutFactory(), count, lambda n: {"consultation": made[n]})


def technology_assessments(count, admin):
    row = f.TechnologyMitigationFactory()
    row.assessment.groups.add(f.AffectedGroupFactory(partnership=row.assessment.partnership))
    made = copies(row.assessment, count)
    copies(row, count, lambda n: {"assessment": made[n]})
    copies(row.assessment.groups.through.objects.get(), count, lambda n: with_assessment(made[n]))


def with_assessment(assessment):
    return {"technologyassessment_id": assessment.pk}


def catalogued(factory):
    """Each with a target and a country."""

    def make(count, admin):
        row = factory()
        made = copies(row, count)
        for links, link in ((row.targets, f.TargetFactory()), (row.countries, f.CountryFactory())):
            ours, theirs = links.source_field_name, links.target_field_name
            links.through.objects.bulk_create(
                links.through(**{ours: one, theirs: link}) for one in made
            )

    return make


def matches(count, admin):
    row = f.MatchFactory()
    solutions = copies(row.solution, count)
    copies(row, count, lambda n: {"solution": solutions[n]})


MANY = MONITORED | {
    "solutions": catalogued(f.SolutionFactory),
    "needs": catalogued(f.NeedFactory),
    "funds": catalogued(f.FundFactory),
    "matches": matches,
    "partners": of(f.PartnerFactory),
    "contacts": of(f.ContactFactory),
    "history": history,
    "focal-points": focal_points,
    "identifier-schemes": of(f.IdentifierSchemeFactory, lambda n: {"code": f"XX-{n}"}),
    "stakeholder-groups": of(f.StakeholderGroupFactory, lambda n: {"code": f"G-{n}"}),
    "due-diligence": due_diligence,
    "exclusion-criteria": of(f.ExclusionCriterionFactory, lambda n: {"number": n + 200}),
    "notices": notices,
    "webhooks": of(f.WebhookFactory),
    "webhook-deliveries": webhook_deliveries,
    "affiliations": affiliations,
    "join-requests": join_requests,
    "invitations": invitations,
    "service-accounts": service_accounts,
    "service-tokens": service_tokens,
    "assignments": assignments,
    "tokens": tokens,
    "goals": of(f.GoalFactory, lambda n: {"number": n + 2}, number=1),
    "targets": of(f.TargetFactory, lambda n: {"code": str(n)}),
    "global-indicators": of(f.GlobalIndicatorFactory, lambda n: {"code": str(n)}),
    "countries": of(
        f.CountryFactory,
        lambda n: {"alpha2": letters(n, 2).lower(), "alpha3": letters(n, 3).lower()},
    ),
    "currencies": of(f.CurrencyFactory, lambda n: {"code": letters(n, 3).lower()}),
    "languages": of(f.LanguageFactory, lambda n: {"code": letters(n, 2)}),
    "sdg-editions": of(f.SdgEditionFactory, lambda n: {"version": f"2030-{n}"}),
    "standards": of(f.StandardFactory, lambda n: {"version": str(n)}),
    "disclosures": disclosures,
    "crosswalks": disclosures,
    "principles": of(f.PrincipleFactory, lambda n: {"number": n + 2}),
    "country-groups": of(f.CountryGroupFactory, lambda n: {"code": str(n)}),
    "exchange-rates": of(
        f.ExchangeRateFactory, lambda n: {"on": date(2000, 1, 1) + timedelta(days=n)}
    ),
    "feedback": of(f.FeedbackFactory, lambda n: {"code_sha256": f"{n:064}"}),
    "complaints": of(f.ComplaintFactory, lambda n: {"code_sha256": f"{n:064}"}),
    "lessons": of(f.LessonFactory),
    "partnerships": partnerships,
    "objectives": of(f.ObjectiveFactory),
    "memberships": memberships,
    "commitments": of(f.CommitmentFactory),
    "deliverables": of(f.DeliverableFactory),
    "declarations": declarations,
    "conflicts-of-interest": of(f.ConflictOfInterestFactory),
    "commitment-handovers": commitment_handovers,
    "lead-handovers": lead_handovers,
    "locations": of(f.LocationFactory, lambda n: {"name": str(n)}),
    "membership-invitations": of(
        f.MembershipInvitationFactory, lambda n: {"email": f"{n}@example.org"}
    ),
    "dac-sectors": of(f.DacSectorFactory, lambda n: {"code": letters(n, 3)}, code="140"),
    "deliveries": of(f.DeliveryFactory),
    "delivery-evidence": of(f.DeliveryEvidenceFactory),
    "planned-disbursements": of(f.PlannedDisbursementFactory),
    "budget-lines": of(f.BudgetLineFactory),
    "expenditures": of(
        f.ExpenditureFactory,
        lambda n: {"starts_on": A_DAY + timedelta(days=n), "ends_on": A_DAY + timedelta(days=n)},
    ),
    "agreements": of(f.AgreementFactory, lambda n: {"edition": n + 2}),
    "endorsements": endorsements,
    "objections": objections,
    "risks": divided(f.RiskFactory, "risk"),
    "benefits": divided(f.BenefitFactory, "benefit"),
    "national-priorities": of(f.NationalPriorityFactory, lambda n: {"title": f"Priority no. {n}"}),
    "imports": of(f.ImportBatchFactory),
    "amendments": amendments,
    "partnership-reviews": partnership_reviews,
    "review-comments": of(f.ReviewCommentFactory),
    "partnership-versions": of(f.PartnershipVersionFactory, lambda n: {"number": n + 2}),
    "markers": of(f.MarkerFactory, assessed=True),
    "beneficiary-groups": beneficiary_groups,
    "ten-principles-commitments": statements,
    "affected-groups": of(f.AffectedGroupFactory, lambda n: {"name": f"Group {n}"}),
    "consultations": consultations,
    "technology-assessments": technology_assessments,
    "capacity-assessments": of(f.CapacityAssessmentFactory),
    "technology-mitigations": of(f.TechnologyMitigationFactory),
}
