"""An attacker: what follows from published sums by linear combination. Imports no product code."""

from fractions import Fraction


class Solver:
    """Knows equations over named unknowns; says whether a sum of unknowns follows from them."""

    def __init__(self):
        self.names = {}
        self.rows = {}  # by the column of their leading 1

    def learn(self, terms, value):
        """`terms` is {name: coefficient} and comes to `value`."""
        row = self._reduced(self._row(terms, value))
        lead = min((c for c in row if c >= 0 and row[c]), default=None)
        if lead is None:
            assert not row.get(-1), f"the equations contradict each other: {terms} = {value}"
            return
        self.rows[lead] = {c: v / row[lead] for c, v in row.items()}

    def tells(self, terms):
        """The value of a sum, if it is determined; else None."""
        row = self._reduced(self._row(terms, 0))
        if any(v for c, v in row.items() if c >= 0):
            return None
        return -row.get(-1, Fraction(0))

    def _row(self, terms, value):
        row = {-1: Fraction(value)}
        for name, coefficient in terms.items():
            row[self.names.setdefault(name, len(self.names))] = Fraction(coefficient)
        return row

    def _reduced(self, row):
        """Eliminate leading columns from left to right; what that brings in is further right."""
        done = set()
        while True:
            column = min(
                (c for c in row if c >= 0 and row[c] and c in self.rows and c not in done),
                default=None,
            )
            if column is None:
                return row
            done.add(column)
            factor = row[column]
            for c, v in self.rows[column].items():
                row[c] = row.get(c, Fraction(0)) - factor * v
