from django.urls import path

from partnerships.views import agreements, clauses

BASE = "partnerships/<str:key>/agreements/"

urlpatterns = [
    path(BASE, agreements.agreements, name="partnership-agreements"),
    path(f"{BASE}begin/<str:kind>/", agreements.begin, name="partnership-agreement-begin"),
    path(f"{BASE}<int:pk>/", agreements.agreement, name="partnership-agreement"),
    path(f"{BASE}<int:pk>/changes/", agreements.changes, name="partnership-agreement-changes"),
    path(f"{BASE}<int:pk>/propose/", agreements.propose, name="partnership-agreement-propose"),
    path(f"{BASE}<int:pk>/withdraw/", agreements.withdraw, name="partnership-agreement-withdraw"),
    path(f"{BASE}<int:pk>/endorse/", agreements.endorse, name="partnership-agreement-endorse"),
    path(f"{BASE}<int:pk>/object/", agreements.object_, name="partnership-agreement-object"),
    path(f"{BASE}<int:pk>/revise/", agreements.revise, name="partnership-agreement-revise"),
    path(f"{BASE}<int:pk>/edit/", clauses.edit, name="partnership-agreement-edit"),
    path(f"{BASE}<int:pk>/clauses/new/", clauses.new_clause, name="partnership-clause-new"),
    path(f"{BASE}<int:pk>/clauses/<int:clause_pk>/", clauses.clause, name="partnership-clause"),
    path(
        f"{BASE}<int:pk>/clauses/<int:clause_pk>/arrange/",
        clauses.arrange,
        name="partnership-clause-arrange",
    ),
]
