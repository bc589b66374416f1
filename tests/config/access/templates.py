"""Workbooks to fill in: for those who may send the unit's data, on behalf of others too."""

SENDERS = "401 404 200 200 200 404 404 404 200 200 200"

ROWS = [
    ("GET", "periods/{fourth}/template/?units={unit}", None, SENDERS),
    ("GET", "periods/{fourth}/template/?units={unit}&layout=long", None, SENDERS),
]
