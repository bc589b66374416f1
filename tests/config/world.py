"""One partnership with everything in it, and the people around it."""

from datetime import date

from django.core.files.base import ContentFile

from registry.services.merging import merge_partners
from tests import factories as f
from tests.config import promises_world as promises
from tests.config.catalogue_world import catalogue
from tests.config.country_world import country
from tests.config.data_review_world import data_review
from tests.config.engine_world import engine
from tests.config.entry_world import entry
from tests.config.evaluations_world import evaluations
from tests.config.figures_world import figures
from tests.config.frames_world import frames
from tests.config.quality_world import quality
from tests.config.report_life_world import report_life
from tests.config.shared_world import shared
from tests.config.uploads_world import uploads
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
    rows |= promises.promises(rows)
    rows |= promises.objectives(rows)
    rows |= promises.money(rows)
    rows |= _light(people["lead"])
    rows |= _frameworks(rows)
    rows |= promises.ledger(rows)
    rows |= quality(rows)
    rows["hlpf_review"] = f.HlpfReviewFactory()
    rows |= shared(rows)
    rows |= country(outside, rows)
    rows |= _values(rows, people["evaluator"])
    rows |= frames(rows)
    rows |= data_review(rows)
    rows |= entry(rows)
    rows |= uploads(rows, people["evaluator"])
    rows |= figures(rows)
    rows |= _reports(rows)
    rows |= report_life(rows)
    rows |= _secretariat(member, third)
    rows |= _telling(member, people["evaluator"])
    rows |= promises.coalition(rows, outside, people["outsider"])
    rows |= promises.reviewing(rows)
    rows |= promises.principles(rows)
    rows |= promises.dialogue(rows)
    rows |= catalogue(lead, member, rows)
    rows |= promises.voices(rows)
    rows |= evaluations(rows)
    rows |= engine()
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
    draft_indicator = f.IndicatorFactory(
        result__framework=draft, definition="What is counted.", unit="pieces"
    )
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
    published = f.ReportFactory(period=rows["first"], published=True)
    draft = f.ReportFactory(period=rows["second"])
    return {
        "published": published,
        "draft_report": draft,
        "asked_file": f.ReportFileFactory(report=published),
        "draft_file": f.ReportFileFactory(report=draft, is_draft=True),
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
