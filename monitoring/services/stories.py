"""Stories of change: told with a submission, as long as it is open."""

from typing import Any

from django.db import transaction

from monitoring.models import Story, Submission
from registry.models import Event, User


@transaction.atomic
def tell_story(submission: Submission, *, by: User, **fields: Any) -> Story:
    submission.hold_editable(by)
    submission.change()
    story = Story(submission=submission, **fields).store()
    Event.log(story, "told", by=by)
    return story


@transaction.atomic
def edit_story(story: Story, *, by: User, **fields: Any) -> Story:
    story.submission.hold_editable(by)
    story.amend(**fields)
    Event.log(story, "edited", by=by, reason=", ".join(sorted(fields)))
    return story


@transaction.atomic
def remove_story(story: Story, *, by: User) -> None:
    """Take it out of an open submission."""
    story.submission.hold_editable(by)
    story.submission.change()
    Event.log(story.submission, "story_removed", by=by)
    story.delete()


@transaction.atomic
def select_story(story: Story, *, by: User, chosen_by: str, reason: str) -> Story:
    story.select(by=by, chosen_by=chosen_by, reason=reason)
    return story


@transaction.atomic
def withdraw_consent(story: Story, *, by: User, reason: str) -> Story:
    story.withdraw_consent(by=by, reason=reason)
    return story
