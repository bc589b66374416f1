"""What a body of a request may look like, for the OpenAPI description: by view and action."""

from typing import Any

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("SignInView", "post"): {"email": "manager@example.org", "password": "a long one", "days": 7},
    ("EraseView", "post"): {"password": "a long one", "confirm": "manager@example.org"},
    ("TokenViewSet", "create"): {"name": "Nightly export", "days": 30, "read_only": True},
    ("PartnerViewSet", "create"): {
        "name": "Riverside School",
        "kind": "academia",
        "country": "KE",
        "website": "https://riverside.example.org/",
        "identifiers": [{"scheme": "IATI", "value": "KE-NCB-1234"}],
    },
    ("PartnerViewSet", "partial_update"): {"summary": "Teaches 400 children by the river."},
    ("PartnerViewSet", "suspend"): {"reason": "Does not answer since March."},
    ("PartnerViewSet", "merge"): {"into": 12, "reason": "Registered twice.", "dry_run": True},
    ("PartnerIdentifierViewSet", "create"): {
        "partner": 61,
        "scheme": "LEI",
        "value": "5493001KJTIIGC8Y1R12",
    },
    ("ContactViewSet", "create"): {
        "partner": 61,
        "name": "Wanjiru Njoroge",
        "position": "Head of data",
        "email": "data@riverside.example.org",
        "subject": "data",
    },
    ("InvitationViewSet", "create"): {
        "partner": 61,
        "email": "colleague@example.org",
        "role": "evaluator",
    },
    ("JoinRequestViewSet", "create"): {"partner": 61, "role": "observer"},
    ("ServiceAccountViewSet", "create"): {
        "partner": 61,
        "name": "Data warehouse",
        "role": "evaluator",
    },
    ("ServiceTokenViewSet", "create"): {
        "account": 7,
        "name": "Warehouse, production",
        "days": 90,
        "allowed_addresses": ["198.51.100.0/24"],
    },
    ("WebhookViewSet", "create"): {
        "partner": 61,
        "url": "https://hooks.riverside.example.org/registry",
        "kinds": ["partnership.*", "submission.approved"],
    },
    ("DueDiligenceViewSet", "create"): {
        "partner": 61,
        "ten_principles_on": "2025-05-01",
        "outcome": "cleared",
        "expires_on": "2027-04-30",
    },
    ("ObjectiveViewSet", "create"): {
        "partnership": 12,
        "text": "Every village of the two districts has safe water within 30 minutes.",
        "measure": "villages with a safe source within 30 minutes",
        "unit": "villages",
        "baseline": "12",
        "baseline_year": 2025,
        "goal_value": "60",
        "reach_by": "2029-12-31",
        "target": "6.1",
    },
    ("ExchangeRateViewSet", "create"): {
        "currency": "EUR",
        "on": "2026-10-01",
        "usd": "1.0825",
        "source": "The treasury's monthly list",
    },
}
