from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring.vocabularies import load_with_the_other_vocabularies
        from registry.vocabularies import vocabularies_loaded

        vocabularies_loaded.connect(load_with_the_other_vocabularies)
