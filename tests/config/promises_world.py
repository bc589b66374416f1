"""What the partners of that partnership promise each other."""

from django.core.files.base import ContentFile

from tests import factories as f


def voices(rows):
    active = rows["active"]
    return {
        "feedback": f.FeedbackFactory(partnership=active, passed=True),
        "received_feedback": f.FeedbackFactory(partnership=active),
        "complaint": f.ComplaintFactory(partnership=active),
        "acknowledged": f.ComplaintFactory(partnership=active, acknowledged=True),
        "lesson": f.LessonFactory(partnership=active, published=True),
        "draft_lesson": f.LessonFactory(partnership=active),
    }


def reviewing(rows):
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


def principles(rows):
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


def dialogue(rows):
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
        "capacity": f.CapacityAssessmentFactory(partnership=active),
        "mitigation": mitigation,
    }


def ledger(rows):
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


def money(rows):
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


def promises(rows):
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


def objectives(rows):
    return {
        "objective": f.ObjectiveFactory(partnership=rows["active"]),
        "draft_objective": f.ObjectiveFactory(partnership=rows["draft"]),
    }


def coalition(rows, outside, addressee):
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
