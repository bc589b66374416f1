from registry.management.loading import LoadCommand
from registry.services.money import load_rates


class Command(LoadCommand):
    help = "Load exchange rates from a CSV file; rates that stand are never changed."
    load = staticmethod(load_rates)
