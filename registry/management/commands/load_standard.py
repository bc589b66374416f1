from registry.management.loading import LoadCommand
from registry.services.standards import load_standard


class Command(LoadCommand):
    help = "Load a version of an ESG standard from a CSV file (docs/models/vocabularies.md)."
    load = staticmethod(load_standard)
