"""A country for which the outsider's partner speaks, of the access matrix."""

from tests import factories as f


def country(outside, rows):
    place = f.CountryFactory(alpha2="QZ", alpha3="QZZ", name="Anywhere")
    point = f.FocalPointFactory(partner=outside, country=place)
    f.PartnershipCountryFactory(partnership=rows["active"], country=place)
    return {
        "priority": f.NationalPriorityFactory(country=place),
        "statement": f.ContributionStatementFactory(
            focal_point=point, partnership=rows["active"], country=place
        ),
    }
