from typing import Any

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from registry.hints import hinter
        from registry.models.events import events_committed

        def hint(sender: Any, **_: Any) -> None:
            hinter.events_committed()

        events_committed.connect(hint, weak=False, dispatch_uid="registry.tell_events")
        _follow_accounts()


def _follow_accounts() -> None:
    """What django-allauth does goes into the log; a reset by mail ends a lock."""
    from allauth.account.signals import password_reset
    from allauth.mfa import signals

    from registry.services import accounts

    def recovered(user: Any, **_: Any) -> None:
        accounts.recover(user)

    password_reset.connect(recovered, weak=False, dispatch_uid="registry.recover")
    for signal, verb in (
        (signals.authenticator_added, "second_factor_added"),
        (signals.authenticator_removed, "second_factor_removed"),
        (signals.authenticator_reset, "recovery_codes_renewed"),
    ):
        signal.connect(accounts.logger_of(verb), weak=False, dispatch_uid=f"registry.{verb}")
