"""Imports one activity: a partnership, its members, its money, its results."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone
from lxml import etree

from monitoring.exchange import iati_facts as facts
from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_budgets import store_budgets, store_planned
from monitoring.exchange.iati_money import Transactions
from monitoring.exchange.iati_partners import Members, Partners
from monitoring.exchange.iati_results import store_results
from monitoring.exchange.iati_values import LeftOut
from monitoring.exchange.trail import Trail
from monitoring.models import ImportedActivity
from partnerships.models import Marker, Partnership, ReferenceYear
from registry.models import Event, ImportedRow, Record

# Part of each fingerprint: raise it when the mapping changes, and files are taken in anew; that of
# results only with theirs, for it makes new editions of frameworks.
MAPPING, MAPPING_OF_RESULTS = "2", "1"


def load_activity(activity: Any, accounts: Accounts, trail: Trail) -> str:
    """Store one activity and account for its elements; returns what happened to it.

    LeftOut says that it cannot be stored at all; the caller then rolls everything back.
    """
    identifier = _identifier(activity)
    former = ImportedActivity.objects.filter(identifier=identifier).first()
    digests = _digests(activity)
    if former and former.sha256 == digests["sha256"]:
        accounts.leave_unchanged(activity)
        return "unchanged"
    partners = Partners(trail, accounts)
    _check_reporter(activity, partners)
    goals, targets = facts.goals_and_targets(activity, accounts)
    values = facts.partnership_values(activity, accounts)
    # With exactly one goal there is no doubt which is the primary one.
    values["primary_goal_id"] = min(goals) if len(goals) == 1 else None
    partnership, version = (
        _update(former, values, accounts, trail) if former else _create(identifier, values, trail)
    )
    accounts.store(activity, activity.find("iati-identifier"), activity.find("reporting-org"))
    _attach(activity, partnership, (goals, targets), accounts, trail)
    same = former and former.results_sha256 == digests["results_sha256"]
    _load_parts(activity, partnership, partners, not same)
    _remember(
        former, {"partnership": partnership, "partnership_version": version, **digests}, trail
    )
    partners.store_identifiers()
    return "changed" if former else "created"


def _load_parts(
    activity: Any, partnership: Partnership, partners: Partners, with_results: bool
) -> None:
    """Members, their money, and results unless they are as they were."""
    accounts, trail = partners.accounts, partners.trail
    members = Members(partnership, partners)
    reporting = members.take(activity, accounts)
    Transactions(activity, accounts, members, reporting).store(partnership, trail)
    store_budgets(activity, accounts, partnership, trail)
    store_planned(activity, accounts, members, reporting, trail)
    if with_results:
        store_results(activity, partnership, reporting, accounts, trail)
    else:
        accounts.leave_unchanged(*activity.findall("result"))


def _digests(activity: Any) -> dict[str, str]:
    return {
        "sha256": fingerprint([activity], MAPPING),
        "results_sha256": fingerprint(_behind_the_framework(activity), MAPPING_OF_RESULTS),
    }


def fingerprint(elements: Iterable[Any], mapping: str) -> str:
    """Equal for elements that say the same, whatever their white space and quotation marks."""
    digest = hashlib.sha256(mapping.encode())
    for element in elements:
        digest.update(etree.canonicalize(element, strip_text=True).encode())
    return digest.hexdigest()


def _behind_the_framework(activity: Any) -> list[Any]:
    """What the framework and its data are made from."""
    return list(activity.iterchildren("result", "reporting-org", "location"))


def _identifier(activity: Any) -> str:
    identifier = (activity.findtext("iati-identifier") or "").strip()
    if not identifier:
        raise LeftOut("no_identifier", "The activity has no identifier.")
    if len(identifier) > 200:
        raise LeftOut("too_long", "The identifier is longer than 200 characters.")
    return identifier


def _check_reporter(activity: Any, partners: Partners) -> None:
    element = activity.find("reporting-org")
    if element is None:
        raise LeftOut("no_reporting_org", "The activity does not say who reports it.")
    partners.get(element)


def _create(identifier: str, values: dict[str, Any], trail: Trail) -> tuple[Partnership, int]:
    if Partnership.objects.filter(iati_identifier=identifier).exists():
        reason = f"A partnership registered here has the identifier {identifier}."
        raise LeftOut("identifier_taken", reason)
    now = timezone.now()
    partnership = Partnership(
        **values,
        iati_identifier=identifier,
        reference=ReferenceYear.next(now.date()),
        registered_at=now,
        activated_at=None if values["status"] == Partnership.Status.REGISTERED else now,
        import_batch=trail.batch,
    )
    trail.create([partnership])
    trail.create([_event(partnership, trail)])
    return partnership, partnership.version


def _event(partnership: Partnership, trail: Trail) -> Event:
    return Event(
        kind="partnership.imported",
        subject_type=partnership._meta.label_lower,
        subject_id=partnership.pk,
        became=partnership.status,
        by=trail.batch.by,
    )


def _update(
    former: ImportedActivity, values: dict[str, Any], accounts: Accounts, trail: Trail
) -> tuple[Partnership, int]:
    """What people changed here since the last import stands; otherwise the file's word does.

    Returns the version, too, that tells the next import whether people edited since.
    """
    partnership = former.partnership
    if partnership.version != former.partnership_version:
        reason = "The partnership was edited here since; its own facts stay as they are."
        accounts.doubt(accounts.activity, "edited_here", reason)
        return partnership, former.partnership_version
    _keep_level(partnership, values, accounts)
    trail.change(partnership, **values)
    trail.create([_event(partnership, trail)])
    return partnership, partnership.version


def _keep_level(partnership: Partnership, values: dict[str, Any], accounts: Accounts) -> None:
    """Reports read the level without a date: a change would rewrite those already made."""
    if values["level"] == partnership.level:
        return
    reason = f"The level stays {partnership.level}; the file now says {values['level']}."
    values["level"] = partnership.level
    scope = accounts.activity.find("activity-scope")
    if scope in accounts.kept:
        accounts.leave_out(scope, "level_stands", reason)
    else:
        accounts.doubt(accounts.activity, "level_stands", reason)


def _attach(
    activity: Any,
    partnership: Partnership,
    sdgs: tuple[set[int], set[int]],
    accounts: Accounts,
    trail: Trail,
) -> None:
    """Make places, goals, targets, markers and documents those of the file."""
    goals, targets = sdgs
    of_goal, of_target = Partnership.goals.through, Partnership.targets.through
    wanted: list[tuple[Any, list[Any], Callable[[Any], Any], tuple[str, ...]]] = [
        (partnership.places, facts.countries(activity, accounts), _country, ("percentage",)),
        (Marker.objects.published(), facts.markers(activity, accounts), _kind, ("significance",)),
        (partnership.documents, facts.documents(activity, accounts), _document, ()),
        (of_goal.objects, [of_goal(goal_id=pk) for pk in sorted(goals)], _goal, ()),
        (of_target.objects, [of_target(target_id=pk) for pk in sorted(targets)], _target, ()),
    ]
    for stored, rows, key, fields in wanted:
        _synchronise(stored.filter(partnership=partnership), rows, key, fields, partnership, trail)


def _country(row: Any) -> Any:
    return row.country_id


def _kind(row: Any) -> Any:
    return row.kind


def _document(row: Any) -> Any:
    return row.url, row.title


def _goal(row: Any) -> Any:
    return row.goal_id


def _target(row: Any) -> Any:
    return row.target_id


def _synchronise(
    stored: Any,
    wanted: list[Any],
    key: Callable[[Any], Any],
    fields: tuple[str, ...],
    partnership: Partnership,
    trail: Trail,
) -> None:
    """Add what is new, change what differs, remove what an import had added and is gone."""
    known = {key(row): row for row in stored}
    new = [row for row in wanted if key(row) not in known]
    for row in new:
        row.partnership_id = partnership.pk
    for row in wanted:
        if was := known.pop(key(row), None):
            write = trail.change if isinstance(was, Record) else trail.save_row
            write(was, **{name: getattr(row, name) for name in fields})
    trail.create(new)
    for row in _imported(known.values()):
        trail.remove(row)


def _imported(rows: Iterable[Any]) -> list[Any]:
    by_key = {row.pk: row for row in rows}
    if not by_key:
        return []
    label = next(iter(by_key.values()))._meta.label_lower
    log = ImportedRow.objects.filter(
        model=label, row_id__in=by_key, before__isnull=True, batch__undone_at=None
    )
    return [by_key[pk] for pk in sorted(set(log.values_list("row_id", flat=True)))]


def _remember(former: ImportedActivity | None, values: dict[str, Any], trail: Trail) -> None:
    if former:
        trail.save_row(former, **values, batch=trail.batch)
    else:
        identifier = values["partnership"].iati_identifier
        trail.create([ImportedActivity(identifier=identifier, batch=trail.batch, **values)])
