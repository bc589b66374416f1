"""Counts the elements of IATI files with nothing but the standard library: no product code.

    python3 tests/monitoring/count_iati.py FILE…

Counted: the activity, each of its children, each child of a transaction, a result, an indicator,
a baseline, a period, a target and an actual; but not the children that only word or date these.
What stands beside the activities counts as one.
"""

import sys
from collections import Counter
from xml.etree import ElementTree

WORDING = {
    "transaction": ["transaction-type", "transaction-date", "value", "description"],
    "result": ["title", "description"],
    "result/indicator": ["title", "description"],
    "result/indicator/baseline": [],
    "result/indicator/period": ["period-start", "period-end"],
    "result/indicator/period/target": [],
    "result/indicator/period/actual": [],
}


def count(path):
    root = ElementTree.parse(path).getroot()
    activities = root.findall("iati-activity")
    found = Counter({"iati-activity": len(activities)})
    found.update(f"iati-activities/{c.tag}" for c in root if c.tag != "iati-activity")
    for activity in activities:
        found.update(child.tag for child in activity)
        for parents, uncounted in WORDING.items():
            for parent in activity.findall(parents):
                found.update(f"{parents}/{c.tag}" for c in parent if c.tag not in uncounted)
    return found


if __name__ == "__main__":
    for path in sys.argv[1:]:
        found = count(path)
        sys.stdout.write(f"{path}: {found.total()} elements\n")
        for kind, number in sorted(found.items()):
            sys.stdout.write(f"  {kind:<44}{number:>7}\n")
