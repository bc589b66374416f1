from typing import Any

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "partnerships"

    def ready(self) -> None:
        from partnerships import personal, telling, telling_coalition
        from partnerships.merging import take_part
        from partnerships.models import limits_of
        from partnerships.models.secretariat import waits_for
        from partnerships.models.waiting import tasks_of
        from registry.models import limits_of_affiliations, tasks_of_person
        from registry.secretariat_waits import secretariat_asked
        from registry.services.moving import partners_merging
        from registry.services.privacy import person_erased, person_exported

        telling.register()
        telling_coalition.register()

        def limits(sender: Any, user: Any, **_: Any) -> dict[int, list[str]]:
            return limits_of(user)

        def tasks(sender: Any, person: Any, partner: Any, **_: Any) -> list[Any]:
            return list(tasks_of(person, partner))

        def waits(sender: Any, user: Any, **_: Any) -> list[Any]:
            return list(waits_for(user))

        secretariat_asked.connect(waits, weak=False, dispatch_uid="partnerships.secretariat")
        tasks_of_person.connect(tasks, weak=False, dispatch_uid="partnerships.tasks")
        limits_of_affiliations.connect(limits, weak=False, dispatch_uid="assignments")
        person_erased.connect(personal.erase, dispatch_uid="partnerships.erase")
        person_exported.connect(personal.export, dispatch_uid="partnerships.export")
        partners_merging.connect(take_part, dispatch_uid="partnerships.merging")
