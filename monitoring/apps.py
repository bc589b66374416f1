from typing import Any

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring import services, vocabularies
        from partnerships.models import agreement_bound
        from registry.vocabularies import vocabularies_loaded

        def on_bound(sender: Any, agreement: Any, by: Any, **_: Any) -> None:
            services.agree_framework(agreement, by=by)

        agreement_bound.connect(on_bound, weak=False, dispatch_uid="agree_framework")
        vocabularies_loaded.connect(
            vocabularies.load_with_the_other_vocabularies, dispatch_uid="monitoring.dimensions"
        )
