"""Files of values: for whom they are, and who may send them."""

from tests.config.access import SIGNED_IN

SENT = {"csv": "indicator,value\n#{other_indicator},5\n", "submission": "{draft_data}"}
SENDERS = "401 400 201 403 201 400 403 403 201 403 201"
OWN = "401 404 404 404 200 404 404 404 200 404 404"
OWN_ALONE = "401 404 404 404 200 404 404 404 403 403 404"

ROWS = [
    ("GET", "uploads/", None, SIGNED_IN),
    ("POST", "uploads/", SENT, SENDERS),
    ("GET", "uploads/{checked_upload}/", None, OWN),
    ("POST", "uploads/{checked_upload}/load/", {}, OWN_ALONE),
    ("GET", "uploads/{wrong_upload}/errors/", None, OWN),
]
