"""The builder of a draft framework: its facts, its results, and what is thrown away."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from monitoring.forms.frameworks import FactsForm, ResultForm
from monitoring.framework_steps import saved_at, steps_of
from monitoring.models import Framework, Indicator, PeriodTarget, Result
from monitoring.models.smart import findings_of
from monitoring.services.frameworks import (
    add_result,
    edit_framework,
    edit_result,
    remove_result,
)
from monitoring.sheets import result_tree
from monitoring.views.editing import attempt, draft_of, posted, settled, to
from partnerships.views.finding import key_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


def page_of(request: SignedInRequest, framework: Framework, name: str, **context: Any) -> Any:
    """One of the builder's pages."""
    status = context.pop("status", 200)
    common = {
        "framework": framework,
        "partnership": framework.partnership,
        "key": key_of(framework.partnership),
    }
    template = f"monitoring/frameworks/{name}.html"
    return render(request, template, {**common, **context}, status=status)


@login_required
def edit(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """The whole draft with the ways to write it; what is there is saved."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    findings = findings_of(framework)
    tree = result_tree(framework, findings)
    context = {
        "findings": [said for said in findings if said.indicator is None],
        "needed": sum(said.is_error for said in findings),
        "steps": steps_of(framework, tree),
        "saved_at": saved_at(framework, tree),
    }
    return page_of(request, framework, "edit", tree=tree, **context)


@login_required
def facts(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    form = FactsForm(framework, posted(request))

    def act() -> None:
        edit_framework(framework, by=request.user, **form.facts())

    tried = attempt(request, form, framework, act)
    if tried.done:
        messages.success(request, "Saved.")
        return to(framework, "framework-edit")
    return page_of(request, framework, "facts", form=form, theirs=tried.theirs, status=tried.status)


@login_required
def result(request: SignedInRequest, key: str, edition: int, pk: int | None = None) -> HttpResponse:
    """Add a result, or change one."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    found = framework.results.filter(pk=pk).first() if pk else None
    gone = pk is not None and found is None
    record = found or _new_result(request, framework)
    form = ResultForm(record, posted(request))
    if gone:
        return _gone(request, framework, form)
    change = partial(edit_result, record) if found else partial(add_result, framework)
    tried = attempt(request, form, record, lambda: change(by=request.user, **form.facts()))
    if tried.done:
        messages.success(request, "The result is saved.")
        return to(framework, "framework-edit")
    context = {"form": form, "record": record, "theirs": tried.theirs}
    return page_of(request, framework, "result", **context, status=tried.status)


def _new_result(request: SignedInRequest, framework: Framework) -> Result:
    above = request.GET.get("parent", "")
    usable = above.isascii() and above.isdigit() and len(above) < 19
    parent = framework.results.filter(pk=int(above)).first() if usable else None
    level = Result.Level.OUTPUT if parent else Result.Level.OUTCOME
    return Result(framework=framework, parent=parent, level=level)


def _gone(request: SignedInRequest, framework: Framework, form: ResultForm) -> HttpResponse:
    """Removed meanwhile: what was typed stands in the form that adds one."""
    if request.method == "POST":
        form.is_valid()
        form.add_error(None, "Somebody removed this result meanwhile. Save to add it again.")
    else:
        messages.info(request, "This result is not there any more.")
    return page_of(request, framework, "result", form=form, record=Result(), status=409)


@login_required
def result_remove(request: SignedInRequest, key: str, edition: int, pk: int) -> HttpResponse:
    """Say what goes with it, then take it out."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    found = get_object_or_404(framework.results, pk=pk)
    below = _below(framework, found)
    form = forms.Form(posted(request))
    if request.method == "POST" and succeeds(
        form, lambda: remove_result(found, by=request.user, with_all=True)
    ):
        messages.success(request, f"Removed: {found.title}")
        return to(framework, "framework-edit")
    indicators = Indicator.objects.filter(result__in=below)
    context = {
        "form": form,
        "what": found,
        "goes": [
            _counted(len(below) - 1, "result"),
            _counted(indicators.count(), "indicator"),
            _counted(PeriodTarget.objects.filter(indicator__in=indicators).count(), "target"),
        ],
    }
    return page_of(request, framework, "remove", **context)


def _below(framework: Framework, top: Result) -> list[int]:
    """The result and all that stand under it."""
    parents = dict(framework.results.values_list("pk", "parent_id"))
    found = [top.pk]
    for above in found:
        found += [pk for pk, parent in parents.items() if parent == above]
    return found


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
