"""Reports of the access matrix's partnership, one in each state that waits."""

from tests import factories as f


def report_life(rows):
    period = rows["fourth"]
    in_reply = f.ReportFactory(period=period, revision=71, in_reply=True)
    over = f.ReportFactory(period=period, revision=72, in_reply=True, reply_until=f.NOON)
    section = f.NarrativeSectionFactory(
        partnership=rows["active"], membership=rows["membership"], topic="lessons"
    )
    annual = f.AnnualReportFactory(partnership=rows["active"], in_reply=True)
    return {
        "narrative_section": section,
        "narrative_edit": f.NarrativeEditFactory(section=section, edited_at=f.NOON),
        "annual_report": annual,
        "report_endorsement": f.ReportEndorsementFactory(report=annual),
        "report_in_reply": in_reply,
        "report_reply_over": over,
        "report_in_review": f.ReportFactory(period=period, revision=73, in_review=True),
        "report_reply": f.ReportReplyFactory(report=in_reply),
        "publication_rule": f.PublicationRuleFactory(),
    }
