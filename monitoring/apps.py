from typing import Any

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring import (
            merging,
            telling,
            telling_countries,
            telling_evaluations,
            telling_reports,
            telling_review,
            vocabularies,
        )
        from monitoring.models import (
            annual_endorsements,
            country_entries,
            waiting,
            waiting_data,
            waiting_evaluations,
            waiting_reports,
        )
        from monitoring.models.in_charge import hand_over_to, tasks_of
        from monitoring.models.reported import last_reported, measured_of
        from monitoring.models.rollups import figures_changed
        from monitoring.services.frameworks import agree_framework
        from monitoring.tasks import refresh_soon
        from partnerships.merging import memberships_combining
        from partnerships.models import agreement_bound, last_reports_asked, measured_asked
        from partnerships.models.waiting import SOURCES, WORKSPACE
        from registry.models import hand_over, tasks_of_person
        from registry.secretariat_waits import secretariat_asked
        from registry.services.moving import partners_merging
        from registry.vocabularies import vocabularies_loaded

        telling.register()
        telling_review.register()
        telling_reports.register()
        telling_countries.register()
        telling_evaluations.register()
        annual_endorsements.register()
        SOURCES.extend(source for source in waiting.SOURCES if source not in SOURCES)
        SOURCES.extend(one for one in waiting_reports.SOURCES if one not in SOURCES)
        spoken = [
            *waiting_data.SOURCES,
            *country_entries.SOURCES,
            *waiting_evaluations.SOURCES,
        ]
        WORKSPACE.extend(one for one in spoken if one not in WORKSPACE)

        def on_bound(sender: Any, agreement: Any, by: Any, **_: Any) -> None:
            agree_framework(agreement, by=by)

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

        def changed(sender: Any, partnership: int, **_: Any) -> None:
            refresh_soon(partnership)

        def waits(sender: Any, user: Any, **_: Any) -> list[Any]:
            return waiting_reports.waits_for(user)

        secretariat_asked.connect(waits, weak=False, dispatch_uid="monitoring.secretariat")
        secretariat_asked.connect(
            waiting_evaluations.waits_for, dispatch_uid="monitoring.evaluations"
        )
        figures_changed.connect(changed, weak=False, dispatch_uid="monitoring.rollups")
        measured_asked.connect(measured, weak=False, dispatch_uid="monitoring.measured")
        last_reports_asked.connect(reported, weak=False, dispatch_uid="monitoring.reported")
        tasks_of_person.connect(tasks, weak=False, dispatch_uid="monitoring.tasks")
        hand_over.connect(on_hand_over, weak=False, dispatch_uid="monitoring.hand_over")
        agreement_bound.connect(on_bound, weak=False, dispatch_uid="agree_framework")
        vocabularies_loaded.connect(
            vocabularies.load_with_the_other_vocabularies, dispatch_uid="monitoring.dimensions"
        )
        memberships_combining.connect(merging.combine_units, dispatch_uid="monitoring.merging")
        memberships_combining.connect(
            merging.leave_recommendations, dispatch_uid="monitoring.merging.evaluations"
        )
        memberships_combining.connect(
            merging.leave_replies, dispatch_uid="monitoring.merging.replies"
        )
        partners_merging.connect(merging.leave_reports, dispatch_uid="monitoring.merging.reports")
