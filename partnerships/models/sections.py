"""The parts of which what is known of a partnership consists."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import models


class Section(models.TextChoices):
    """What is written, checked, reviewed, commented on, compared and amended as one."""

    ABOUT = "about", "About the partnership"
    OBJECTIVES = "objectives", "Objectives and how they are measured"
    TARGETS = "targets", "Goals and targets"
    PLACES = "places", "Places"
    MEMBERS = "members", "Members"
    COMMITMENTS = "commitments", "Commitments and deliverables"
    BUDGET = "budget", "Budget"
    AGREEMENTS = "agreements", "Agreements"
    RISKS = "risks", "Risks and benefits"
    PRINCIPLES = "principles", "Principles"
    DIALOGUE = "dialogue", "Stakeholders and dialogue"


def return_texts(reason: str, sections: Mapping[str, str]) -> dict[str, str]:
    """The reasons by section as they are kept; refuses unknown sections and no reason at all."""
    if unknown := [name for name in sections if name not in Section]:
        text = f"Not a section: {', '.join(unknown[:5])}. One of: {', '.join(Section.values)}."
        raise ValidationError({"sections": text})
    kept = {name: text.strip() for name, text in sections.items() if text.strip()}
    if long := [name for name, text in kept.items() if len(text) > 2000]:
        raise ValidationError({"sections": f"At most 2,000 characters: {', '.join(long)}."})
    if not kept and not reason.strip():
        raise ValidationError({"reason": "Give the reason, as a whole or by section."})
    return kept
