"""Dimensions of published values: shared where they mean the same, else the framework's own."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from monitoring.exchange.iati_values import LeftOut, words
from monitoring.models import Category, Dimension, Framework, Indicator

# Which part of which dimension, as the file words it; nothing: the total.
Spec = tuple[tuple[str, str], ...]

PLACE = "place"
CODE_LENGTH = 120
SHARED: dict[str, dict[tuple[str, ...], dict[str, str]]] = {
    "SEX": {
        ("sex", "gender"): {
            "f": "F",
            "female": "F",
            "women": "F",
            "m": "M",
            "male": "M",
            "men": "M",
            "other": "_O",
            "unknown": "_U",
            "not known": "_U",
        }
    },
    "AGE_BROAD": {
        ("age", "age group"): {
            "under 18": "Y0T17",
            "0-17": "Y0T17",
            "<18": "Y0T17",
            "18+": "Y_GE18",
            "unknown": "_U",
            "not known": "_U",
        }
    },
    "DISABILITY_STATUS": {
        ("disability", "disability status"): {
            "with disability": "PD",
            "without disability": "PWD",
            "unknown": "_U",
            "not known": "_U",
        }
    },
}
OF_PEOPLE = {name for names in SHARED.values() for group in names for name in group}


def spec_of(element: Any, places: dict[str, str]) -> Spec:
    """The dimensions and the place of a target or an actual, in one order; else LeftOut.

    A place is a dimension too: added to the total as a reporting unit of its own, it would
    count twice in files that give both.
    """
    found: dict[str, str] = {}
    pairs = [(d.get("name"), d.get("value")) for d in element.iterchildren("dimension")]
    where = [_place(child, places) for child in element.iterchildren("location")]
    pairs += [(PLACE, " + ".join(sorted(where)))] if where else []
    for name, value in pairs:
        name, value = " ".join((name or "").split()), " ".join((value or "").split())
        if not name or not value:
            raise LeftOut("missing_value", "A dimension has no name or no value.")
        if name.casefold() in {known.casefold() for known in found}:
            raise LeftOut("several_categories", f"Two values for the dimension {name!r}.")
        found[name] = value
    return tuple(sorted(found.items(), key=lambda pair: pair[0].casefold()))


def _place(element: Any, places: dict[str, str]) -> str:
    ref = (element.get("ref") or "").strip()
    return places.get(ref, ref)


def places_of(activity: Any) -> dict[str, str]:
    """Names of the places that values refer to."""
    refs = {loc.get("ref"): words(loc.find("name")) for loc in activity.iterchildren("location")}
    return {ref: name for ref, name in refs.items() if ref and name}


def cell_key(spec: Spec) -> Spec:
    """Two spellings of the same category are one cell."""
    return tuple((name.casefold(), value.casefold()) for name, value in spec)


class Breakdowns:
    """The dimensions and categories that the values of one framework need."""

    def __init__(self, framework: Framework, specs: Iterable[Spec]) -> None:
        self.framework = framework
        self._shared = self._map_to_shared(set(specs))
        self.own_dimensions: dict[str, Dimension] = {}
        self.own_categories: dict[Spec, Category] = {}

    def _map_to_shared(self, specs: set[Spec]) -> dict[Spec, Category]:
        """A shared dimension is used only if it has a category for every value in the file."""
        values = defaultdict(set)
        for spec in specs:
            if len(spec) == 1:
                values[spec[0][0].casefold()].add(spec[0][1].casefold())
        stored = Category.objects.filter(dimension__framework=None).select_related("dimension")
        categories = {(row.dimension.code, row.code): row for row in stored}
        found: dict[Spec, Category] = {}
        for name, wanted in values.items():
            dimension, codes = _shared_codes(name)
            if wanted <= codes.keys():
                for value in wanted:
                    if category := categories.get((dimension, codes[value])):
                        found[((name, value),)] = category
        return found

    def category(self, spec: Spec) -> Category | None:
        """The category of a value; several dimensions on one value make a crossed one."""
        if not spec:
            return None
        key = cell_key(spec)
        if key in self._shared:
            return self._shared[key]
        if key not in self.own_categories:
            dimension = self._own_dimension(" × ".join(name for name, _ in spec))
            label = " × ".join(value for _, value in spec)[:300]
            self.own_categories[key] = Category(
                dimension=dimension,
                code=_code(" × ".join(value for _, value in key)),
                label=label,
                sort=len(self.own_categories) % 30_000,
            )
        return self.own_categories[key]

    def _own_dimension(self, label: str) -> Dimension:
        code = _code(label.casefold())
        if code not in self.own_dimensions:
            own = Dimension(framework=self.framework, code=code, label=label[:300])
            self.own_dimensions[code] = own
        return self.own_dimensions[code]


def _code(text: str) -> str:
    """The text, or where it is too long its beginning with what tells it from others."""
    if len(text) <= CODE_LENGTH:
        return text
    return f"{text[: CODE_LENGTH - 17]} {sha256(text.encode()).hexdigest()[:16]}"


def _shared_codes(name: str) -> tuple[str, dict[str, str]]:
    for dimension, names in SHARED.items():
        for group, codes in names.items():
            if name in group:
                return dimension, codes
    return "", {}


def counts_people(specs: Iterable[Spec]) -> str:
    """Broken down by sex, age or disability it counts people: the parts are not for everybody."""
    names = {name.casefold() for spec in specs for name, _ in spec}
    if names & OF_PEOPLE:
        return Indicator.CountsPeople.CONTACTS
    return Indicator.CountsPeople.NO
