"""Who decides on data, what is said about it, how far it is verified, and what checks found."""

from tests.config.access import (
    ADMIN_OF_DRAFT,
    INSIDERS,
    LEAD,
    LEAD_ADDS_TO_DRAFT,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    PUBLIC,
    REASON,
)

NEW_CHECK = {
    "observation": "{approved_value}",
    "checked_on": "2024-05-02",
    "checked_by": "District office",
    "found_value": "9",
    "finding": "One name twice.",
}
NEW_ASSESSMENT = {"indicator": "{indicator}", "assessed_on": "2024-05-02", "validity": "met"}
# Whose data it is answers for what is to be done about it; so may the lead.
OWNER_AND_LEAD = "401 404 200 200 200 404 403 403 200 403 200"
MEMBERS_PEOPLE_CREATE = "401 403 201 201 201 403 403 403 201 403 201"
SIGNED_IN_PAGE = "401 200 200 200 200 200 200 200 200 401 401"
ACCEPTED_PAGE = SIGNED_IN_PAGE.replace("200", "302")
INSIDE_PAGE = "401 404 200 200 200 404 200 200 200 401 401"
MEMBERS_PEOPLE_BACK = "401 404 302 302 302 404 403 403 302 401 401"
LEADS_BACK_INSIDE = INSIDE_PAGE.replace("200", "302")
INSIDE_OF_PUBLIC_PAGE = "401 403 200 200 200 403 200 200 200 401 401"
LEADS_PAGE = "401 403 403 200 403 403 403 403 200 401 401"

ROWS = [
    ("GET", "data-reviewers/", None, PUBLIC),
    (
        "POST",
        "data-reviewers/",
        {"partnership": "{active}", "membership": "{lead_membership}"},
        LEAD_CREATES,
    ),
    ("GET", "data-reviewers/{reviewer}/", None, INSIDERS),
    ("POST", "data-reviewers/{reviewer}/end/", {}, LEAD_OF_DRAFT),
    ("GET", "return-reasons/", None, PUBLIC),
    ("GET", "return-reasons/{own_return_reason}/", None, INSIDERS),
    ("GET", "submission-comments/", None, PUBLIC),
    (
        "POST",
        "submission-comments/",
        {"submission": "{sent_data}", "text": "Which register?"},
        "401 400 201 201 201 400 403 403 201 403 201",
    ),
    ("GET", "submission-comments/{data_comment}/", None, INSIDERS),
    ("GET", "verifications/", None, PUBLIC),
    (
        "POST",
        "verifications/",
        {"observation": "{approved_breakdown}", "level": "internally_validated"},
        LEAD_ADDS_TO_DRAFT,
    ),
    ("GET", "verifications/{verification}/", None, PUBLIC),
    ("GET", "verifications/{verification}/file/", None, INSIDERS),
    ("POST", "submissions/{approved_data}/verify/", {"level": "internally_validated"}, LEAD),
    # What does not wait for the caller is left alone, and not told of.
    (
        "POST",
        "submissions/approve-several/",
        {"submissions": ["{sent_data}"]},
        "401 200 200 200 200 200 200 200 200 403 200",
    ),
    ("DELETE", "evidence/{evidence}/", None, "401 404 204 403 204 404 403 403 204 403 204"),
    ("GET", "spot-checks/", None, PUBLIC),
    ("POST", "spot-checks/", NEW_CHECK, LEAD_CREATES),
    ("GET", "spot-checks/{spot_check}/", None, INSIDERS),
    ("POST", "spot-checks/{spot_check}/finish/", {"note": "Done."}, OWNER_AND_LEAD),
    ("POST", "spot-checks/{spot_check}/withdraw/", REASON, ADMIN_OF_DRAFT),
    ("GET", "data-quality-assessments/", None, PUBLIC),
    ("POST", "data-quality-assessments/", NEW_ASSESSMENT, MEMBERS_PEOPLE_CREATE),
    ("GET", "data-quality-assessments/{assessment}/", None, INSIDERS),
    ("POST", "data-quality-assessments/{assessment}/finish/", {"note": "Done."}, OWNER_AND_LEAD),
    ("POST", "data-quality-assessments/{assessment}/withdraw/", REASON, ADMIN_OF_DRAFT),
    # pages
    ("GET", "/submissions/review/", None, SIGNED_IN_PAGE),
    ("POST", "/submissions/review/", {"submission": ["{sent_data}"]}, ACCEPTED_PAGE),
    ("POST", "/submissions/{sent_data}/comment/", {"text": "Why?"}, MEMBERS_PEOPLE_BACK),
    ("GET", "/submissions/{draft_data}/evidence/", None, INSIDE_PAGE),
    ("GET", "/evidence/{evidence}/", None, LEADS_BACK_INSIDE),
    ("GET", "/evidence/{evidence}/file/", None, INSIDE_PAGE),
    (
        "POST",
        "/evidence/{evidence}/remove/",
        {"version": "1"},
        "401 404 302 403 302 404 403 403 302 401 401",
    ),
    (
        "GET",
        "/evidence/{evidence_sent}/decide/",
        None,
        "401 404 403 200 403 404 403 403 200 401 401",
    ),
    ("GET", "/submissions/{approved_data}/checks/", None, INSIDE_PAGE),
    ("GET", "/submissions/{approved_data}/verify/", None, INSIDE_PAGE),
    ("GET", "/verifications/{verification}/file/", None, INSIDE_PAGE),
    (
        "GET",
        "/submissions/{approved_data}/spot-check/{approved_value}/",
        None,
        INSIDE_PAGE,
    ),
    ("GET", "/submissions/{approved_data}/assess/", None, INSIDE_PAGE),
    ("GET", "/spot-checks/{spot_check}/", None, INSIDE_PAGE),
    ("GET", "/data-quality-assessments/{assessment}/", None, INSIDE_PAGE),
    ("GET", "/spot-checks/{spot_check}/finish/", None, INSIDE_PAGE),
    (
        "POST",
        "/spot-checks/{spot_check}/finish/",
        {"note": "Done.", "version": "1"},
        "401 404 302 302 302 404 403 403 302 401 401",
    ),
    ("GET", "/spot-checks/{spot_check}/withdraw/", None, INSIDE_PAGE),
    ("GET", "/data-quality-assessments/{assessment}/finish/", None, INSIDE_PAGE),
    ("GET", "/data-quality-assessments/{assessment}/withdraw/", None, INSIDE_PAGE),
    ("GET", "/partnerships/{active}/data-review/", None, INSIDE_OF_PUBLIC_PAGE),
    (
        "POST",
        "/partnerships/{active}/data-review/",
        {"membership": "{lead_membership}"},
        LEADS_PAGE.replace("200", "302"),
    ),
    (
        "GET",
        "/partnerships/{registered}/data-review/reviewers/{reviewer}/end/",
        None,
        LEADS_PAGE,
    ),
    (
        "GET",
        "/partnerships/{active}/data-review/indicators/{indicator}/assess/",
        None,
        INSIDE_OF_PUBLIC_PAGE,
    ),
]
