"""A result that the partnership of the access matrix shares."""

from tests import factories as f


def shared(rows):
    code = f.GlobalIndicatorFactory()
    indicator = f.IndicatorFactory(
        result__framework=rows["agreed"], global_indicator=code, library_link="identical"
    )
    result = f.SharedResultFactory(partnership=rows["active"], global_indicator=code)
    return {
        "shared_indicator": indicator,
        "shared_result": result,
        "contribution": f.ContributionFactory(shared_result=result, indicator=indicator),
    }
