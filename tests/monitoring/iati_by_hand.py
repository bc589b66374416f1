"""Targets and actuals of IATI files, read with nothing but the standard library: no product code.

    python3 tests/monitoring/iati_by_hand.py FILE…

Lists what is odd in the results of the files, and the first cells that have one target and one
actual, both numbers.
"""

import re
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple
from xml.etree import ElementTree

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


class Cell(NamedTuple):
    """One indicator in one period, with all that is said of it as a whole."""

    activity: str
    result: int
    indicator: int
    title: str
    measure: str
    first: str
    last: str
    targets: list
    actuals: list

    @property
    def is_plain(self):
        return self.measure != "5" and all(
            len(said) == 1 and NUMBER.fullmatch(said[0] or "")
            for said in (self.targets, self.actuals)
        )

    @property
    def target(self):
        return Decimal(self.targets[0])

    @property
    def actual(self):
        return Decimal(self.actuals[0])


def words(element, tag):
    found = element.find(f"{tag}/narrative")
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def said(period, tag):
    """The values for the whole: those with a dimension or a place are of a part."""
    of_whole = [
        e for e in period.findall(tag) if e.find("dimension") is None and e.find("location") is None
    ]
    return [(e.get("value") or "").strip() or _in_words(e) for e in of_whole]


def _in_words(element):
    """What stands where a value should: nothing, or words in the comment."""
    text = words(element, "comment")
    return f"({text})" if text else ""


def day(period, tag):
    found = period.find(tag)
    return (found.get("iso-date") or "")[:10] if found is not None else ""


def cells(path):
    """Every cell of a file: the periods of an indicator with the same days are one."""
    for activity in ElementTree.parse(path).getroot().findall("iati-activity"):
        identifier = (activity.findtext("iati-identifier") or "").strip()
        for r, result in enumerate(activity.findall("result")):
            for i, indicator in enumerate(result.findall("indicator")):
                yield from _cells_of(identifier, r, i, indicator)


def _cells_of(identifier, r, i, indicator):
    by_days = defaultdict(lambda: ([], []))
    for period in indicator.findall("period"):
        targets, actuals = by_days[day(period, "period-start"), day(period, "period-end")]
        targets += said(period, "target")
        actuals += said(period, "actual")
    title, measure = words(indicator, "title"), indicator.get("measure")
    for (first, last), (targets, actuals) in by_days.items():
        yield Cell(identifier, r, i, title, measure, first, last, targets, actuals)


def odd(path):
    """What is odd in a file's results: (kind, where, what), one for each."""
    found = []
    by_indicator = defaultdict(list)
    for cell in cells(path):
        by_indicator[cell.activity, cell.result, cell.indicator].append(cell)
    for where, of_one in by_indicator.items():
        name = f"{where[0]}, result {where[1] + 1}, indicator {where[2] + 1}"
        found += [(kind, name, what) for kind, what in _odd_in(of_one)]
    found += _titles_twice(by_indicator)
    found += _overlapping(by_indicator)
    return found


def _odd_in(of_one):
    if of_one[0].measure == "2" and any(c.targets or c.actuals for c in of_one):
        yield "bare percentage", of_one[0].title
    for cell in of_one:
        span = f"{cell.first} to {cell.last}"
        if cell.first and cell.last and cell.last < cell.first:
            yield "reversed period", span
        for kind, values in (("target", cell.targets), ("actual", cell.actuals)):
            yield from _odd_values(f"{span}, {kind}", values, cell.measure)


def _odd_values(where, values, measure):
    if len(values) > 1:
        yield "several values for one cell", f"{where}s: {', '.join(values)}"
    for value in values:
        if not value:
            yield "empty value", where
        elif not NUMBER.fullmatch(value):
            yield "text as a value", f"{where}: {value}"
        elif measure == "5":
            yield "number for an indicator told in words", f"{where}: {value}"


def _overlapping(by_indicator):
    """Periods of one activity that overlap without being the same."""
    spans = defaultdict(set)
    for (activity, _, _), of_one in by_indicator.items():
        spans[activity] |= {(c.first, c.last) for c in of_one if c.first <= c.last}
    for activity, found in spans.items():
        for one, other in combinations(sorted(found), 2):
            if one[0] <= other[1] and other[0] <= one[1]:
                yield "overlapping periods", activity, f"{' to '.join(one)}, {' to '.join(other)}"


def _titles_twice(by_indicator):
    by_title = defaultdict(dict)
    for (activity, result, indicator), of_one in by_indicator.items():
        has = (any(c.targets for c in of_one), any(c.actuals for c in of_one))
        by_title[activity, result, of_one[0].title][indicator] = has
    for (activity, result, title), twins in by_title.items():
        if {(True, False), (False, True)} <= set(twins.values()):
            where = f"{activity}, result {result + 1}"
            yield "same title twice: targets only, actuals only", where, title


def chosen(paths, how_many, until):
    """Plain cells that had ended by a day, one of each indicator, in the order of the files."""
    found = {}
    for cell in (cell for path in paths for cell in cells(path)):
        key = (cell.activity, cell.result, cell.indicator)
        if cell.is_plain and cell.first <= cell.last <= until:
            found.setdefault(key, cell)
    return list(found.values())[:how_many]


def report(paths, out):
    for path in paths:
        listed = odd(path)
        out.write(f"{path}\n")
        for kind, number in sorted(Counter(kind for kind, _, _ in listed).items()):
            out.write(f"  {number:>4}  {kind}\n")
            for _, where, what in [one for one in listed if one[0] == kind][:3]:
                out.write(f"        {where}: {what[:100]}\n")


if __name__ == "__main__":
    report(sys.argv[1:], sys.stdout)
    for cell in chosen(sys.argv[1:], 10, "2026-01-01"):
        sys.stdout.write(
            f"{cell.title[:60]:<60} {cell.first} {cell.last} {cell.target:>12} {cell.actual:>12}\n"
        )
