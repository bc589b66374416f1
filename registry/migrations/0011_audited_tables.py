"""Every table of the registry that people change is audited."""

from django.db import migrations

from registry.audit import audited

LEASE = [
    "queued_at",
    "started_at",
    "lease_until",
    "fence",
    "attempts",
    "progress_done",
    "progress_total",
]


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_audit_log")]

    operations = [
        audited("registry_user", hidden=["email", "name", "password"], ignored=["last_login"]),
        audited("registry_user_groups"),
        audited("registry_user_user_permissions"),
        audited("registry_affiliation"),
        audited("registry_joinrequest"),
        audited(
            "registry_token",
            key="token_key",
            hidden=["digest", "name", "allowed_addresses"],
            ignored=["last_used_at", "reminded_days"],
        ),
        audited("registry_rolereason", hidden=["reason"]),
        audited("registry_invitation", hidden=["email", "token_hash"]),
        audited("registry_noticesetting"),
        audited("registry_partner", hidden=["basis_reason"], ignored=["normal_name"]),
        audited("registry_partneridentifier"),
        # A heartbeat must not read the whole file again.
        audited(
            "registry_importbatch",
            hidden=["file_name", "error"],
            ignored=["content", *LEASE],
            watched=[
                "status",
                "by_id",
                "is_dry_run",
                "undone_at",
                "undoing",
                "sha256",
                "file_name",
            ],
        ),
        audited("registry_country"),
        audited("registry_language", key="code"),
        audited("registry_currency", key="code"),
        audited("registry_exchangerate"),
        audited("registry_goal", key="number"),
        audited("registry_target"),
        audited("registry_globalindicator"),
    ]
