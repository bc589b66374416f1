from registry.management.loading import LoadCommand
from registry.services.country_groups import load_country_groups


class Command(LoadCommand):
    help = "Load dated memberships of country groups from a CSV file (docs/models/vocabularies.md)."
    load = staticmethod(load_country_groups)
