"""Copies of one good row, made quickly."""

from copy import copy
from datetime import date, timedelta

from django.db.models.base import ModelState

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def copies(row, count, vary=lambda n: {}):
    made = []
    for n in range(count):
        one = copy(row)
        one._state, one.pk = ModelState(), None
        for name, value in vary(n).items():
            setattr(one, name, value)
        made.append(one)
    return type(row)._base_manager.bulk_create(made)


def letters(n, length):
    return "".join(LETTERS[n // 36**place % 36] for place in range(length))


def a_day(n):
    day = date(2030, 1, 1) + timedelta(days=n)
    return {"starts_on": day, "ends_on": day}


def of(factory, vary=lambda n: {}, **values):
    return lambda count, admin: copies(factory(**values), count, vary)
