from django.urls import path
from django.views.decorators.gzip import gzip_page

from monitoring.views import (
    framework_beginning,
    framework_breakdowns,
    framework_builder,
    framework_indicators,
    framework_light,
    framework_proposing,
    framework_targets,
    frameworks,
    periods,
    unit_handovers,
)

BASE = "partnerships/<str:key>/framework/"
PERIODS = "partnerships/<str:key>/periods/"
EDITION = f"{BASE}<int:edition>/"
RESULTS = f"{EDITION}results/"
INDICATORS = f"{EDITION}indicators/"

urlpatterns = [
    path(BASE, gzip_page(frameworks.framework), name="partnership-framework"),
    path(f"{BASE}begin/", framework_beginning.begin, name="framework-begin"),
    path(f"{BASE}light/", framework_light.light, name="framework-light"),
    path(f"{BASE}next/", framework_beginning.next_edition, name="framework-next"),
    path(EDITION, gzip_page(frameworks.edition), name="framework-edition"),
    path(f"{EDITION}changes/", gzip_page(frameworks.changes), name="framework-changes"),
    path(f"{EDITION}edit/", gzip_page(framework_builder.edit), name="framework-edit"),
    path(f"{EDITION}facts/", framework_builder.facts, name="framework-facts"),
    path(f"{RESULTS}new/", framework_builder.result, name="framework-result-new"),
    path(f"{RESULTS}<int:pk>/", framework_builder.result, name="framework-result"),
    path(
        f"{RESULTS}<int:pk>/remove/",
        framework_builder.result_remove,
        name="framework-result-remove",
    ),
    path(f"{EDITION}library/", framework_indicators.library, name="framework-library"),
    path(f"{INDICATORS}new/", framework_indicators.indicator, name="framework-indicator-new"),
    path(f"{INDICATORS}<int:pk>/", framework_indicators.indicator, name="framework-indicator"),
    path(
        f"{INDICATORS}<int:pk>/remove/",
        framework_indicators.remove,
        name="framework-indicator-remove",
    ),
    path(
        f"{INDICATORS}<int:pk>/baselines/",
        framework_breakdowns.baselines,
        name="framework-baselines",
    ),
    path(f"{EDITION}cross/", framework_breakdowns.cross, name="framework-cross"),
    path(f"{EDITION}targets/", framework_targets.targets, name="framework-targets"),
    path(f"{EDITION}check/", framework_proposing.check, name="framework-check"),
    path(f"{EDITION}withdraw/", framework_proposing.withdraw, name="framework-withdraw"),
    path(f"{EDITION}discard/", framework_proposing.discard, name="framework-discard"),
    path(PERIODS, gzip_page(periods.periods), name="partnership-periods"),
    path(f"{PERIODS}open/", periods.open_begun, name="periods-open"),
    path(f"{PERIODS}<int:pk>/close/", periods.close, name="period-close"),
    path(f"{PERIODS}<int:pk>/reopen/", periods.reopen, name="period-reopen"),
    path(f"{PERIODS}units/new/", periods.unit_new, name="unit-new"),
    path(f"{PERIODS}units/<int:pk>/hand-over/", unit_handovers.hand_over, name="unit-hand-over"),
    path(
        f"{PERIODS}hand-overs/<int:pk>/<str:answer>/",
        unit_handovers.answer,
        name="unit-handover-answer",
    ),
]
