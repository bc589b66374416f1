from django.db import migrations


def take_passwords(apps, schema_editor):
    """A service account never needed one; the next migration lets the database refuse it."""
    users = apps.get_model("registry", "User")
    users.objects.filter(is_service=True).exclude(password__startswith="!").update(
        password="!service"
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_languages")]

    operations = [migrations.RunPython(take_passwords, migrations.RunPython.noop)]
