"""The money of a partnership: budget, what was spent of it, and where the rest stands."""

from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from partnerships.aggregation.money import KINDS, money_totals
from partnerships.forms.budget import BudgetLineForm, ExpenditureForm
from partnerships.models import BudgetLine, Expenditure, Partnership
from partnerships.money_charts import money_charts
from partnerships.services.budget import add_budget_line, edit_budget_line, remove_budget_line
from partnerships.services.spending import (
    edit_expenditure,
    remove_expenditure,
    report_expenditure,
)
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.commitments import Doing
from partnerships.views.finding import (
    edited_partnership,
    open_partnership,
    page_of,
    visible_partnership,
)
from registry.models import Record, User
from registry.views.accounts import SignedInRequest

MOST_LINES = 100


def budget(request: HttpRequest, key: str) -> HttpResponse:
    """Budget against what was spent and paid; in dollars, or why not."""
    partnership = open_partnership(request, key)
    totals = money_totals(partnership)
    lines = partnership.budget_lines.with_spent().select_related("membership__partner")
    inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
    is_editor = partnership.is_editable_by(request.user)
    shown = list(lines.prefetch_related("expenditures")[:MOST_LINES])
    for line in shown:
        line.partnership = partnership
        line.may_report = may_report(line, request.user, is_editor)  # type: ignore[attr-defined]
    context = {
        "partnership": partnership,
        "totals": [(KINDS[kind], total) for kind, total in totals.items() if total.by_currency],
        "charts": money_charts(totals),
        "lines": shown,
        "is_inside": inside,
        "is_editor": is_editor,
        "is_draft": partnership.status in Partnership.UNREGISTERED,
        "is_open": partnership.status not in ("completed", "terminated"),
        "on": timezone.localdate(),
    }
    return render(request, "partnerships/budget.html", context)


def may_report(line: BudgetLine, user: Any, is_editor: bool) -> bool:
    own = line.membership is not None and user.is_authenticated
    return is_editor or bool(own and user.has_role(line.membership.partner_id, "manager"))  # type: ignore[union-attr]


@login_required
def new_line(request: SignedInRequest, key: str) -> HttpResponse:
    partnership = edited_partnership(request, key)
    initial = {"starts_on": partnership.starts_on, "ends_on": partnership.ends_on}
    form = BudgetLineForm(partnership, sent(request), initial=initial)
    act = lambda: add_budget_line(partnership, by=request.user, **form.cleaned_data)  # noqa: E731
    done = "The budget line is added."
    return _page(request, partnership, Doing(form, act, "Add a budget line", done), "", None)


def _edit(line: BudgetLine, by: User, request: Any) -> Doing:
    form = BudgetLineForm(line.partnership, sent(request), initial=BudgetLineForm.of(line))
    act = lambda: edit_budget_line(line, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Change the budget line", "The budget line is saved.")


def _remove(line: BudgetLine, by: User, request: Any) -> Doing:
    act = partial(remove_budget_line, line, by=by)
    done = "The budget line is removed."
    return Doing(forms.Form(sent(request)), act, "Remove the budget line", done, "Remove it")


def _spent(line: BudgetLine, by: User, request: Any) -> Doing:
    form = ExpenditureForm(sent(request))
    form.fields["amount"].label = f"Amount in {line.currency_id}"
    act = lambda: report_expenditure(line, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Report what was spent", "The expenditure is recorded.")


OF_LINES = {"edit": _edit, "remove": _remove, "spent": _spent}


@login_required
def line_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    """The lead changes a line of a draft; who spends it reports what was spent."""
    partnership = visible_partnership(request, key)
    line = get_object_or_404(partnership.budget_lines.select_related("membership__partner"), pk=pk)
    if act not in OF_LINES:
        raise Http404
    with allowed():
        if act == "spent":
            line.require_reporter(request.user)
        else:
            partnership.require_editor(request.user)
    doing = OF_LINES[act](line, request.user, request)
    return _page(request, partnership, doing, line.title, line)


def _edit_spent(spent: Expenditure, by: User, request: Any) -> Doing:
    initial = {name: getattr(spent, name) for name in ExpenditureForm.base_fields}
    form = ExpenditureForm(sent(request), initial=initial)
    act = lambda: edit_expenditure(spent, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Put the expenditure right", "The expenditure is saved.")


def _remove_spent(spent: Expenditure, by: User, request: Any) -> Doing:
    act = partial(remove_expenditure, spent, by=by)
    done = "The expenditure is removed."
    return Doing(forms.Form(sent(request)), act, "Remove the expenditure", done, "Remove it")


OF_SPENT = {"edit": _edit_spent, "remove": _remove_spent}


@login_required
def expenditure_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    partnership = visible_partnership(request, key)
    rows = Expenditure.objects.filter(line__partnership=partnership)
    spent = get_object_or_404(rows.select_related("line__membership__partner"), pk=pk)
    spent.line.partnership = partnership
    if act not in OF_SPENT:
        raise Http404
    with allowed():
        spent.line.require_reporter(request.user)
    doing = OF_SPENT[act](spent, request.user, request)
    return _page(request, partnership, doing, str(spent), spent)


def _page(
    request: HttpRequest,
    partnership: Partnership,
    doing: Doing,
    about: str,
    record: Record | None,
) -> HttpResponse:
    return act_page(
        request,
        partnership,
        doing.form,
        doing.act,
        title=doing.title,
        about=about,
        back=page_of(partnership, "partnership-budget"),
        done=doing.done,
        button=doing.button,
        record=record,
    )
