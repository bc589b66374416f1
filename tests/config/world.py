"""One partnership with everything in it, and the people around it."""

from datetime import date

from django.core.files.base import ContentFile

from registry.services.merging import merge_partners
from tests import factories as f
from tests.config.catalogue_world import catalogue
from tests.factories.due_diligence import (
    CriterionAnswerFactory,
    DueDiligenceFactory,
    ExclusionCriterionFactory,
)


def build():
    """Names of rows, as the access matrix uses them; people and tokens by their principal."""
    lead, member, outside, third = f.PartnerFactory.create_batch(4)
    suspended = f.PartnerFactory(suspended=True)
    people = {
        "outsider": f.UserFactory(manages=outside),
        "member": f.UserFactory(manages=member),
        "lead": f.UserFactory(manages=lead),
        "evaluator": f.UserFactory(evaluates=member),
        "unassigned": f.UserFactory(evaluates=member),
        "observer": f.UserFactory(observes=member),
        "suspended": f.UserFactory(manages=suspended),
        "admin": f.UserFactory(admin=True),
    }
    pending = f.PartnerFactory(pending=True)
    f.AffiliationFactory(user=people["member"], partner=pending)
    token = f.TokenFactory(user=people["lead"])
    reading = f.UserFactory(service=True, manages=lead)
    writing = f.UserFactory(service=True, manages=member)
    tokens = {
        "service_read": f.TokenFactory(user=reading, read_only=True).secret,
        "service_write": f.TokenFactory(user=writing).secret,
    }
    rows = {
        "lead_partner": lead,
        "member_partner": member,
        "third_partner": third,
        "suspended_partner": suspended,
        "pending": pending,
        "identifier": f.PartnerIdentifierFactory(partner=lead),
        "slip": f.PartnerIdentifierFactory(partner=pending),
        "slip_of_name": f.FormerNameFactory(partner=pending),
        "contact": f.ContactFactory(partner=member),
        "target": f.TargetFactory(),
        "global_indicator": f.GlobalIndicatorFactory(),
        "role_of_evaluator": people["evaluator"].affiliations.get(),
        "join_request": f.JoinRequestFactory(partner=member),
        "offer": f.InvitationFactory(
            partner=member, role="manager", email=people["evaluator"].email
        ),
        "system": writing,
        "leaderless": f.AffiliationFactory(role="observer").partner,
        "own_request": f.JoinRequestFactory(user=people["evaluator"], partner=third),
        "batch": f.ImportFindingFactory().batch,
        **_partnerships(lead, member, suspended),
        **_vocabularies(),
        **_partner_facts(lead, member),
    }
    f.CurrencyFactory()
    rows |= _assignments(rows, people)
    rows |= _promises(rows)
    rows |= _objectives(rows)
    rows |= _money(rows)
    rows |= _light(people["lead"])
    rows |= _frameworks(rows)
    rows |= _ledger(rows)
    rows |= _values(rows, people["evaluator"])
    rows |= _reports(rows)
    rows |= _secretariat(member, third)
    rows |= _telling(member, people["evaluator"])
    rows |= _coalition(rows, outside, people["outsider"])
    rows |= _reviewing(rows)
    rows |= _principles(rows)
    rows |= _dialogue(rows)
    rows |= catalogue(lead, member, rows)
    rows |= _voices(rows)
    names = {name: row.pk for name, row in rows.items()}
    names |= {
        "proposed_sha256": rows["proposed_agreement"].sha256,
        "token": token.token_key,
        "secret": rows["offer"].new_secret(),
        "place_secret": rows["place"].new_secret(),
        "system_token": writing.auth_token_set.get().token_key,
        "newcomer": f.UserFactory().email,
        "admin_person": people["admin"].pk,
        "lead_email": people["lead"].email,
        "password": f.PASSWORD,
        "target_code": rows["target"].code,
        "kenya": f.CountryFactory(alpha2="KE").pk,
    }
    return names, people, tokens


def _voices(rows):
    active = rows["active"]
    return {
        "feedback": f.FeedbackFactory(partnership=active, passed=True),
        "received_feedback": f.FeedbackFactory(partnership=active),
        "complaint": f.ComplaintFactory(partnership=active),
        "acknowledged": f.ComplaintFactory(partnership=active, acknowledged=True),
        "lesson": f.LessonFactory(partnership=active, published=True),
        "draft_lesson": f.LessonFactory(partnership=active),
    }


def _vocabularies():
    f.LanguageFactory(code="sw")
    f.PrincipleFactory(number=3)
    f.GroupMembershipFactory(group__code="LDC")
    crosswalk = f.CrosswalkFactory()
    return {
        "sdg_edition": f.SdgEditionFactory(),
        "standard": crosswalk.disclosure.standard,
        "disclosure": crosswalk.disclosure,
        "crosswalk": crosswalk,
        "rate": f.ExchangeRateFactory(),
    }


def _partner_facts(lead, member):
    f.IdentifierSchemeFactory(code="NL-KVK")
    f.StakeholderGroupFactory(code="MGOS-01")
    lead.logo.save("logo.png", ContentFile(b"\x89PNG\r\n\x1a\n"))
    elsewhere = f.CountryFactory(alpha2="PE")
    return {
        "former_name": f.FormerNameFactory(partner=member),
        "focal_point": f.FocalPointFactory(),
        "ministry": f.PartnerFactory(kind="national_government", country=elsewhere),
    }


def _partnerships(lead, member, suspended):
    made = {
        "active": f.PartnershipFactory(active=True, lead=lead),
        "registered": f.PartnershipFactory(registered=True, lead=lead),
        "submitted": f.PartnershipFactory(submitted=True, smart=True, lead=lead),
        "draft": f.PartnershipFactory(smart=True, lead=lead),
        "silent": f.PartnershipFactory(inactive=True, lead=lead),
        "halted": f.PartnershipFactory(suspended=True, lead=lead),
        "finished": f.PartnershipFactory(completed=True, lead=lead),
    }
    joined = {
        name: f.MembershipFactory(partnership=row, partner=member) for name, row in made.items()
    }
    for row in made.values():
        f.MembershipFactory(partnership=row, partner=suspended)
    f.PromiseFactory(membership=joined["draft"], partnership=made["draft"])
    inviting = f.PartnershipFactory(active=True, lead=lead)
    invitation = f.MembershipFactory(partnership=inviting, partner=member, invited=True)
    return {**made, "membership": joined["active"], "invitation": invitation}


def _assignments(rows, people):
    """The evaluator's are the partnerships of this world; the unassigned one's is another."""
    mine, other = (people[name].affiliations.get() for name in ("evaluator", "unassigned"))
    here = ["active", "registered", "submitted", "draft", "silent", "halted", "finished"]
    for partnership in (*(rows[name] for name in here), rows["invitation"].partnership):
        f.AssignmentFactory(affiliation=mine, partnership=partnership)
    elsewhere = f.PartnershipFactory(active=True)
    f.MembershipFactory(partnership=elsewhere, partner=mine.partner)
    return {
        "elsewhere": elsewhere,
        "assignment": f.AssignmentFactory(affiliation=other, partnership=elsewhere),
        "one_of_many": mine.assignments.get(partnership=rows["active"]),
    }


def _promises(rows):
    active, membership = rows["active"], rows["membership"]
    commitment = f.CommitmentFactory(membership=membership, partnership=active)
    binding = f.AgreementFactory(partnership=active, binding=True)
    return {
        "commitment": commitment,
        "delivery": f.DeliveryFactory(commitment=commitment),
        "draft_agreement": f.AgreementFactory(partnership=active),
        "proposed_agreement": f.AgreementFactory(
            partnership=active, kind="engagement", proposed=True
        ),
        "endorsement": binding.endorsements.get(membership=membership),
    }


def _objectives(rows):
    return {
        "objective": f.ObjectiveFactory(partnership=rows["active"]),
        "draft_objective": f.ObjectiveFactory(partnership=rows["draft"]),
    }


def _money(rows):
    commitment, drafted = rows["commitment"], rows["draft"].commitments.earliest("-pk")
    line = f.BudgetLineFactory(partnership=rows["active"], membership=rows["membership"])
    return {
        "draft_commitment": drafted,
        "deliverable": f.DeliverableFactory(commitment=commitment),
        "draft_deliverable": f.DeliverableFactory(commitment=drafted),
        "draft_line": f.BudgetLineFactory(partnership=rows["draft"]),
        "budget_line": line,
        "expenditure": f.ExpenditureFactory(line=line),
        "planned": f.PlannedDisbursementFactory(commitment=commitment),
        "receipt": f.DeliveryEvidenceFactory(
            delivery=rows["delivery"], url="", file=ContentFile(b"%PDF-", "receipt.pdf")
        ),
    }


def _ledger(rows):
    """One that the members have endorsed, and the rows of a partnership that is not public."""
    active, draft = rows["active"], rows["draft"]
    f.AgreementFactory(partnership=active, kind="ledger", binding=True)
    f.with_required_clauses(rows["draft_agreement"])
    return {
        "risk": f.RiskFactory(partnership=active),
        "benefit": f.BenefitFactory(partnership=active),
        "draft_risk": f.RiskFactory(partnership=draft),
        "draft_benefit": f.BenefitFactory(partnership=draft),
        "objection": f.ObjectionFactory(
            agreement=rows["proposed_agreement"], membership=rows["membership"]
        ),
        "former_agreement": f.AgreementFactory(partnership=active, superseded=True),
        "clause": rows["draft_agreement"].clauses.first(),
    }


def _light(lead):
    """A firm for which the light track is, managed by the lead's manager too."""
    firm = f.PartnerFactory(kind="start_up")
    f.AffiliationFactory(user=lead, partner=firm, role="manager")
    return {"small_firm": firm, "light": f.PartnershipFactory(lead=firm, track="light")}


def _frameworks(rows):
    agreed = f.FrameworkFactory(partnership=rows["active"], agreed=True)
    draft = f.FrameworkFactory(partnership=rows["active"])
    indicator = f.IndicatorFactory(result__framework=agreed, people=True)
    category = f.CategoryFactory()
    indicator.dimensions.add(category.dimension)
    draft_indicator = f.IndicatorFactory(result__framework=draft)
    target = f.PeriodTargetFactory(indicator=draft_indicator, starts_on=date(2024, 4, 1))
    return {
        "agreed": agreed,
        "draft_framework": draft,
        "indicator": indicator,
        "other_indicator": f.IndicatorFactory(result=indicator.result),
        "draft_result": draft_indicator.result,
        "draft_indicator": draft_indicator,
        "draft_target": target,
        "dimension": category.dimension,
        "category": category,
    }


def _values(rows, evaluator):
    agreed, indicator, category = rows["agreed"], rows["indicator"], rows["category"]
    first, second, third, fourth, fifth = f.PeriodFactory.create_batch(5, framework=agreed)
    unit = f.ReportingUnitFactory(membership=rows["membership"])
    approved = f.SubmissionFactory(
        unit=unit,
        period=first,
        values={indicator: 10, (indicator, category): 4},
        approved=True,
    )
    draft = f.SubmissionFactory(unit=unit, period=second, values={indicator: 11})
    sent = f.SubmissionFactory(unit=unit, period=third, values={indicator: 12})
    for submission, name in ((draft, "proof.pdf"), (sent, "sent.pdf")):
        f.EvidenceFactory(submission=submission, url="", file=ContentFile(b"%PDF-", name))
    sent.change(status="submitted", submitted_by=evaluator, submitted_at=f.NOON)
    fifth.change(status="closed", closed_at=f.NOON)
    return {
        "first": first,
        "second": second,
        "fourth": fourth,
        "closed": fifth,
        "unit": unit,
        "approved_data": approved,
        "approved_value": approved.observations.get(category=None),
        "approved_breakdown": approved.observations.get(category=category),
        "draft_data": draft,
        "draft_value": draft.observations.get(),
        "sent_data": sent,
        "evidence": draft.evidence.get(),
        "evidence_sent": sent.evidence.get(),
    }


def _secretariat(member, third):
    criterion = ExclusionCriterionFactory()
    review = DueDiligenceFactory(partner=member, cleared=True)
    draft = DueDiligenceFactory(partner=member)
    CriterionAnswerFactory(review=draft, criterion=criterion)
    merged = f.PartnerFactory()
    by = f.UserFactory(admin=True)
    made = merge_partners(merged, into=third, by=by, reason="The same organisation twice.")
    return {
        "criterion": criterion,
        "review": review,
        "draft_review": draft,
        "merged": merged,
        "merge": made,
    }


def _reports(rows):
    return {
        "published": f.ReportFactory(period=rows["first"], published=True),
        "draft_report": f.ReportFactory(period=rows["second"]),
        "run": f.ReportRunFactory(period=rows["first"]),
    }


def _telling(member, evaluator):
    webhook = f.WebhookFactory(partner=member)
    return {
        "notice": f.NoticeFactory(user=evaluator),
        "webhook": webhook,
        "own_webhook": f.WebhookFactory(partner=None),
        "webhook_delivery": f.WebhookDeliveryFactory(webhook=webhook, status="delivered"),
    }


def _reviewing(rows):
    review = f.PartnershipReviewFactory(partnership=rows["submitted"])
    f.ReviewCheckFactory(review=review)
    lead = rows["lead_partner"]
    returned = f.PartnershipReviewFactory(
        returned=True, partnership=f.PartnershipFactory(returned=True, lead=lead)
    )
    by = f.UserFactory(admin=True)
    taken = f.PartnershipReviewFactory(reviewer=by, assigned_at=f.NOON)
    pending = f.AmendmentFactory(partnership=rows["active"], submitted=True)
    approved = f.AmendmentFactory(partnership=rows["registered"], approved=True)
    begun = f.AmendmentFactory(
        partnership=f.MembershipFactory(
            partnership=f.PartnershipFactory(active=True, lead=lead), partner=rows["member_partner"]
        ).partnership
    )
    return {
        "pending_amendment": pending,
        "approved_amendment": approved,
        "begun_amendment": begun,
        "unamended": f.PartnershipFactory(active=True, lead=lead),
        "version": f.PartnershipVersionFactory(partnership=rows["active"]),
        "submitted_version": review.submission,
        "review_of_partnership": review,
        "taken_review": taken,
        "review_comment": f.ReviewCommentFactory(review=review),
        "return_reason": f.ReviewCommentFactory(review=returned, is_reason=True),
    }


def _principles(rows):
    active, member = rows["active"], rows["member_partner"]
    member.change(kind="un_entity")  # whom the Ten Principles are asked of
    f.MarkerFactory(partnership=active)
    elsewhere = rows["registered"].memberships.get(partner=member)
    return {
        "marker": f.MarkerFactory(partnership=active, assessed=True),
        "draft_marker": f.MarkerFactory(partnership=rows["draft"], assessed=True),
        "beneficiaries": f.BeneficiaryGroupFactory(partnership=active),
        "statement": f.TenPrinciplesCommitmentFactory(membership=elsewhere),
        "membership_elsewhere": elsewhere,
    }


def _dialogue(rows):
    active, draft = rows["active"], rows["draft"]
    group = f.AffectedGroupFactory(partnership=active)
    turnouts = [{"group": group, "people": 40}]
    mitigation = f.TechnologyMitigationFactory(assessment__partnership=active)
    return {
        "group": group,
        "draft_group": f.AffectedGroupFactory(partnership=draft),
        "consultation": f.ConsultationFactory(partnership=active, turnouts=turnouts),
        "draft_consultation": f.ConsultationFactory(partnership=draft),
        "technology": mitigation.assessment,
        "mitigation": mitigation,
    }


def _coalition(rows, outside, addressee):
    active, membership, draft = rows["active"], rows["membership"], rows["draft"]
    f.DacSectorFactory()
    f.PartnershipCountryFactory(partnership=draft)
    leads = active.memberships.get(roles__contains=["lead"])
    offered = f.CommitmentFactory(partnership=active, membership=membership)
    joined = {
        name: rows[name].memberships.get(partner=membership.partner)
        for name in ("draft", "registered")
    }
    return {
        "outside_partner": outside,
        "lead_membership": leads,
        "draft_membership": joined["draft"],
        "registered_membership": joined["registered"],
        "declaration": f.DeclarationFactory(membership=membership),
        "conflict": f.ConflictOfInterestFactory(membership=membership),
        "handover": f.CommitmentHandoverFactory(commitment=offered, taker=leads),
        "lead_handover": f.LeadHandoverFactory(giver=leads, taker=membership),
        "location": f.LocationFactory(partnership=active),
        "draft_location": f.LocationFactory(partnership=draft),
        "place": f.MembershipInvitationFactory(partnership=draft, email=addressee.email),
    }
