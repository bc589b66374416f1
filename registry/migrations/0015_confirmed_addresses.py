from django.db import migrations


def confirm(apps, schema_editor):
    """Who had an account before addresses were confirmed counts as confirmed."""
    user, address = apps.get_model("registry", "User"), apps.get_model("account", "EmailAddress")
    users = user.objects.exclude(email="").exclude(emailaddress__isnull=False)
    rows = (
        address(user_id=pk, email=email.lower(), verified=True, primary=True)
        for pk, email in users.values_list("pk", "email").iterator()
    )
    address.objects.bulk_create(rows, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("registry", "0014_partner_facts"),
    ]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
