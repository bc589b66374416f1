"""What was said and found of the data in the partnership of the access matrix."""

from django.core.files.base import ContentFile

from tests import factories as f


def data_review(rows):
    """The member of the world reports; what is to be done about its data is the member's."""
    sent, value = rows["sent_data"], rows["approved_value"]
    to_do = {"action": "Keep the lists.", "due_on": "2024-07-01", "owner": rows["membership"]}
    return {
        "reviewer": f.ReviewerFactory(
            membership=f.MembershipFactory(partnership=rows["registered"])
        ),
        "own_return_reason": f.ReturnReasonFactory(submission=sent),
        "data_comment": f.SubmissionCommentFactory(submission=sent),
        "verification": f.VerificationFactory(
            observation=value, file=ContentFile(b"%PDF-", "letter.pdf")
        ),
        "spot_check": f.SpotCheckFactory(submission=sent, indicator=rows["indicator"], **to_do),
        "assessment": f.DataQualityAssessmentFactory(indicator=rows["indicator"], **to_do),
    }
