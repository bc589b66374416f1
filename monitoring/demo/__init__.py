"""Demonstration data of our own invention, and the accounts that come with it.

For a machine of one's own only: the password is public.
"""

PASSWORD = "partnerships-2030"
ADMIN = "admin@demo.example"

# E-mail, password, what the account may do.
ACCOUNTS = [
    (ADMIN, PASSWORD, "registry admin"),
    ("lead@demo.example", PASSWORD, "partnership manager: manager of Tumaini Water Trust, a lead"),
    ("member@demo.example", PASSWORD, "member: manager of Kisima Pumps"),
    ("evaluator@demo.example", PASSWORD, "evaluator: reports for Tumaini Water Trust"),
    ("observer@demo.example", PASSWORD, "observer at Zawadi Savings Bank: reads, writes nothing"),
    ("focal@demo.example", PASSWORD, "focal point of Kenya: manager of a ministry, speaks for it"),
    ("system@demo.example", "", "service account of Tumaini Water Trust's own system: uses tokens"),
]
