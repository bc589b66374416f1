from typing import Any

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from registry import tasks
        from registry.models.events import events_committed

        def hint(sender: Any, **_: Any) -> None:
            tasks.tell_events.apply_async(retry=False)

        events_committed.connect(hint, weak=False, dispatch_uid="registry.tell_events")
