"""Standards, groups of countries and editions are audited; generated words are left out."""

from django.db import migrations

from registry.audit import audited


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_contacts_and_erasure")]

    operations = [
        audited("registry_sdgedition"),
        audited("registry_goal", key="number", ignored=["words"]),
        audited("registry_target", ignored=["words"]),
        audited("registry_globalindicator", ignored=["words"]),
        audited("registry_standard", hidden=["note"]),
        audited("registry_disclosure"),
        audited("registry_crosswalk"),
        audited("registry_principle", key="number"),
        audited("registry_countrygroup"),
        audited("registry_groupmembership"),
    ]
