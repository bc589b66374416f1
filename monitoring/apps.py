from typing import Any

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring import merging, services, telling, vocabularies
        from monitoring.models.in_charge import hand_over_to, tasks_of
        from monitoring.models.reported import last_reported, measured_of
        from partnerships.merging import memberships_combining
        from partnerships.models import agreement_bound, last_reports_asked, measured_asked
        from registry.models import hand_over, tasks_of_person
        from registry.vocabularies import vocabularies_loaded

        telling.register()

        def on_bound(sender: Any, agreement: Any, by: Any, **_: Any) -> None:
            services.agree_framework(agreement, by=by)

        def tasks(sender: Any, person: Any, partner: Any, **_: Any) -> list[Any]:
            return list(tasks_of(person, partner))

        def on_hand_over(
            sender: Any, person: Any, partner: Any, to: Any, by: Any, **_: Any
        ) -> None:
            hand_over_to(to, person=person, partner=partner, by=by)

        def measured(sender: Any, partnership_ids: Any, **_: Any) -> set[int]:
            return measured_of(partnership_ids)

        def reported(sender: Any, partnership_ids: Any, **_: Any) -> dict[int, Any]:
            return last_reported(partnership_ids)

        measured_asked.connect(measured, weak=False, dispatch_uid="monitoring.measured")
        last_reports_asked.connect(reported, weak=False, dispatch_uid="monitoring.reported")
        tasks_of_person.connect(tasks, weak=False, dispatch_uid="monitoring.tasks")
        hand_over.connect(on_hand_over, weak=False, dispatch_uid="monitoring.hand_over")
        agreement_bound.connect(on_bound, weak=False, dispatch_uid="agree_framework")
        vocabularies_loaded.connect(
            vocabularies.load_with_the_other_vocabularies, dispatch_uid="monitoring.dimensions"
        )
        memberships_combining.connect(merging.combine_units, dispatch_uid="monitoring.merging")
