"""What the partnership of the access matrix says of data quality."""

from tests import factories as f


def quality(rows):
    return {
        "quality_rule": f.QualityRuleFactory(
            framework=rows["agreed"], indicator=rows["other_indicator"], check_of="outlier"
        )
    }
