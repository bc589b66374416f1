from django.urls import path

from monitoring.views import countries, country_entries, country_priorities

BASE = "countries/<str:alpha2>/"
PRIORITY = f"{BASE}priorities/<int:pk>/"

urlpatterns = [
    path("countries/", countries.countries, name="countries"),
    path(BASE, countries.country, name="country"),
    path(f"{BASE}ask/", countries.ask, name="country-ask"),
    path(f"{BASE}priorities/", country_priorities.priorities, name="country-priorities"),
    path(f"{PRIORITY}reword/", country_priorities.reword, name="country-priority-reword"),
    path(f"{PRIORITY}end/", country_priorities.end, name="country-priority-end"),
    path(f"{PRIORITY}place/", country_priorities.place, name="country-priority-place"),
    path(f"{BASE}entries/", country_entries.entries, name="country-entries"),
    path(f"{BASE}entries/confirm/", country_entries.confirm, name="country-entries-confirm"),
    path(f"{BASE}entries/<int:pk>/", country_entries.state, name="country-entry"),
]
