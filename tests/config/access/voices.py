"""Feedback, complaints, lessons: who writes, who reads, who decides."""

from tests.config.access import ADMIN, ADMIN_READS, LEAD, PUBLIC, REASON

ANYBODY_SENDS = "201 201 201 201 201 201 201 201 201 403 201"
# Pages know sessions only: tokens count as nobody.
ADMINS = "401 403 403 403 403 403 403 403 200 401 401"
ADMINS_POST = "401 403 403 403 403 403 403 403 302 401 401"
WRITES_PAGE = "401 403 200 200 403 403 403 403 200 401 401"
WRITES_POST = "401 403 302 302 403 403 403 403 302 401 401"
OF_DRAFT = "401 404 200 200 403 404 403 403 200 401 401"
OF_DRAFT_POST = "401 404 302 302 403 404 403 403 302 401 401"
NEW_LESSON = {"kind": "worked", "title": "New", "happened": "It did.", "learnt": "Do it."}
WRITERS = "401 403 201 201 403 403 403 403 201 403 201"
CHANGERS = "401 404 200 200 403 404 403 403 200 403 200"

ROWS = [
    ("GET", "feedback/", None, PUBLIC),
    ("GET", "feedback/{feedback}/", None, PUBLIC),
    ("GET", "feedback/{received_feedback}/", None, ADMIN_READS.replace("401", "404")),
    ("POST", "feedback/", {"partnership": "{active}", "text": "Well done."}, ANYBODY_SENDS),
    (
        "POST",
        "feedback/{received_feedback}/pass/",
        {},
        "401 404 404 404 404 404 404 404 200 403 404",
    ),
    ("POST", "feedback/{feedback}/refuse/", REASON, ADMIN),
    ("POST", "feedback/{feedback}/answer/", {"answer": "Mended."}, LEAD),
    ("GET", "complaints/", None, "401 200 200 200 200 200 200 200 200 200 200"),
    ("GET", "complaints/{complaint}/", None, ADMIN_READS),
    ("POST", "complaints/", {"category": "fraud", "text": "A receipt."}, ANYBODY_SENDS),
    (
        "POST",
        "complaints/{complaint}/acknowledge/",
        {},
        "401 404 404 404 404 404 404 404 200 403 404",
    ),
    (
        "POST",
        "complaints/{acknowledged}/assign/",
        {"to": "{admin_person}"},
        "401 404 404 404 404 404 404 404 200 403 404",
    ),
    (
        "POST",
        "complaints/{acknowledged}/close/",
        {"outcome": "founded", "message": "It was mended."},
        "401 404 404 404 404 404 404 404 200 403 404",
    ),
    (
        "POST",
        "sent-messages/",
        {"code": "aaaa-bbbb-cccc-dddd"},
        "404 404 404 404 404 404 404 404 404 403 404",
    ),
    ("GET", "lessons/", None, PUBLIC),
    ("GET", "lessons/proposed/?partnership={active}", None, PUBLIC),
    ("GET", "lessons/{lesson}/", None, PUBLIC),
    ("GET", "lessons/{draft_lesson}/", None, "404 404 200 200 200 404 200 200 200 200 200"),
    (
        "POST",
        "lessons/",
        {"partnership": "{active}", **NEW_LESSON},
        WRITERS,
    ),
    ("PATCH", "lessons/{draft_lesson}/", {"title": "New"}, CHANGERS),
    ("POST", "lessons/{draft_lesson}/publish/", {}, CHANGERS),
    ("POST", "lessons/{draft_lesson}/withdraw/", REASON, CHANGERS),
    # pages
    ("GET", "/partnerships/{active}/feedback/", None, PUBLIC),
    ("POST", "/partnerships/{active}/feedback/", {"text": "Good.", "sender": "other"}, PUBLIC),
    (
        "POST",
        "/partnerships/{active}/feedback/{feedback}/answer/",
        {"answer": "Mended."},
        "401 403 403 302 403 403 403 403 302 401 401",
    ),
    ("GET", "/complaints/new/", None, PUBLIC),
    ("POST", "/complaints/new/", {"category": "fraud", "text": "A receipt."}, PUBLIC),
    ("GET", "/sent-messages/", None, PUBLIC),
    ("GET", "/secretariat/feedback/", None, ADMINS),
    ("POST", "/secretariat/feedback/{received_feedback}/pass/", {}, ADMINS_POST),
    ("GET", "/secretariat/feedback/{received_feedback}/refuse/", None, ADMINS),
    ("POST", "/secretariat/feedback/{received_feedback}/refuse/", REASON, ADMINS_POST),
    ("GET", "/secretariat/complaints/", None, ADMINS),
    ("GET", "/secretariat/complaints/{complaint}/", None, ADMINS),
    ("POST", "/secretariat/complaints/{complaint}/", {"step": "acknowledge"}, ADMINS_POST),
    ("GET", "/lessons/", None, PUBLIC),
    ("GET", "/partnerships/{active}/lessons/", None, PUBLIC),
    ("GET", "/partnerships/{active}/lessons/new/", None, WRITES_PAGE),
    ("POST", "/partnerships/{active}/lessons/new/", NEW_LESSON, WRITES_POST),
    ("GET", "/partnerships/{active}/lessons/{draft_lesson}/", None, OF_DRAFT),
    ("POST", "/partnerships/{active}/lessons/{draft_lesson}/", NEW_LESSON, OF_DRAFT_POST),
    ("POST", "/partnerships/{active}/lessons/{draft_lesson}/publish/", {}, OF_DRAFT_POST),
    ("POST", "/partnerships/{active}/lessons/{draft_lesson}/withdraw/", REASON, OF_DRAFT_POST),
]
