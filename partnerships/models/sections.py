"""The parts of which what is known of a partnership consists."""

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
