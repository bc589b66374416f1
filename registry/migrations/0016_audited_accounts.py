from django.db import migrations

from registry.audit import audited


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("registry", "0015_confirmed_addresses"),
    ]

    operations = [
        audited("account_emailaddress", hidden=["email"]),
        audited("mfa_authenticator", hidden=["data"], ignored=["last_used_at"]),
    ]
