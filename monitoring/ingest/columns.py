"""The columns of the long format: what CSV files, worksheets and JSON rows may say."""

NAMES = ("unit", "country", "place", "indicator", "period", "category")
PARTS = ("value", "numerator", "denominator")
ESTIMATE = ("sample_size", "interval_low", "interval_high")
TEXTS = ("text", "comment", "variance_reason", "method")
MARKS = ("is_provisional", "withdraws")
REMARKS = (*TEXTS, "is_provisional", *ESTIMATE)

COLUMNS = (
    "unit",
    "country",
    "place",
    "indicator",
    "period",
    "category",
    "value",
    "numerator",
    "denominator",
    "text",
    "currency",
    "variance_reason",
    "comment",
    "is_provisional",
    "method",
    "sample_size",
    "interval_low",
    "interval_high",
    "withdraws",
)
LONGEST = {"text": 20_000, "comment": 20_000, "variance_reason": 20_000, "method": 2_000}
MOST_ROWS = 200_000
