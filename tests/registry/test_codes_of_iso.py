"""The shipped code lists are those that ISO publishes, as pycountry has them."""

import pycountry

from registry.tables import shipped_rows
from registry.vocabularies import SHIPPED


def shipped(name, *columns):
    return {tuple(row[column] for column in columns) for row in shipped_rows(SHIPPED / name)}


def test_countries_have_the_codes_and_numbers_of_iso_3166():
    iso = {(c.alpha_2, c.alpha_3, c.numeric) for c in pycountry.countries}

    assert shipped("countries.csv", "alpha2", "alpha3", "m49") == iso


def test_no_currency_of_iso_4217_is_missing():
    ours = {code for (code,) in shipped("currencies.csv", "code")}
    iso = {currency.alpha_3 for currency in pycountry.currencies}

    # Codes for testing and for no currency at all, and metals: nobody promises an amount in them.
    assert iso - ours == {"XTS", "XXX", "XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD"}


def test_languages_are_those_of_iso_639_1():
    ours = {code for (code,) in shipped("languages.csv", "code")}
    iso = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}

    assert iso - ours == {"sh"}  # withdrawn in 2000
    assert ours <= iso
    assert len(ours) == 183
