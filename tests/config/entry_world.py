"""What is told and stated with the data of that partnership."""

from tests import factories as f


def entry(rows):
    """Of the draft, and of data that was approved: stories, and a breakdown that is not safe."""
    draft, approved = _data(rows)
    indicator, sex = rows["indicator"], rows["category"].dimension
    age = f.DimensionFactory(code="AGE")
    indicator.dimensions.add(age)
    told = f.StoryFactory(submission=approved)
    kept = f.StoryFactory(submission=approved, consent=False, consent_how="")
    f.UnsafeBreakdownFactory(submission=approved, indicator=indicator, dimension=sex)
    stated = f.UnsafeBreakdownFactory(submission=draft, indicator=indicator, dimension=sex)
    f.approve(approved)
    return {
        "story": told,
        "kept_story": kept,
        "draft_story": f.StoryFactory(submission=draft),
        "unsafe": approved.unsafe_breakdowns.get(),
        "draft_unsafe": stated,
        "age": age,
        "story_data": approved,
    }


def _data(rows):
    """The draft there is, and data of another unit that is about to be approved."""
    place = f.ReportingUnitFactory(membership=rows["membership"], place="Lakeside")
    return rows["draft_data"], f.SubmissionFactory(unit=place, period=rows["first"])
