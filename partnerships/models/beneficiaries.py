"""For whom a partnership works."""

from django.db import models
from django.db.models import Q

from partnerships.models.kept import KeptQuerySet, KeptRecord
from partnerships.models.partnership import Partnership


class PeopleGroup(models.TextChoices):
    """Groups of people, in our own words; the UN's major groups say who *organises* them."""

    WOMEN = "women", "women and girls"
    CHILDREN = "children", "children"
    YOUTH = "youth", "young people"
    OLDER = "older", "older people"
    DISABILITY = "disability", "people with disabilities"
    INDIGENOUS = "indigenous", "indigenous peoples"
    MINORITIES = "minorities", "ethnic, religious or linguistic minorities"
    MIGRANTS = "migrants", "migrants and refugees"
    DISPLACED = "displaced", "internally displaced people"
    LGBTIQ = "lgbtiq", "LGBTIQ+ people"
    POOREST = "poorest", "the poorest"
    RURAL = "rural", "people in remote rural places"
    INFORMAL = "informal", "people in informal settlements"
    FARMERS = "farmers", "small farmers, herders and fishers"
    WORKERS = "workers", "workers in informal or unsafe work"
    HEALTH = "health", "people with a chronic illness or HIV"
    SURVIVORS = "survivors", "survivors of violence or disaster"
    DETAINED = "detained", "people in detention or care"


# The stakeholder group (registry) that speaks for these people in the UN's process.
SPOKEN_FOR_BY = {
    PeopleGroup.WOMEN: "MGOS-01",
    PeopleGroup.CHILDREN: "MGOS-02",
    PeopleGroup.YOUTH: "MGOS-02",
    PeopleGroup.INDIGENOUS: "MGOS-03",
    PeopleGroup.WORKERS: "MGOS-06",
    PeopleGroup.FARMERS: "MGOS-09",
    PeopleGroup.DISABILITY: "MGOS-10",
    PeopleGroup.OLDER: "MGOS-11",
    PeopleGroup.LGBTIQ: "MGOS-14",
    PeopleGroup.MINORITIES: "MGOS-15",
}


class BeneficiaryGroup(KeptRecord):
    """A group of people for whom a partnership works, and how it reaches them."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="beneficiary_groups")
    people = models.CharField(max_length=10, choices=PeopleGroup)
    how_reached = models.TextField(max_length=2000, help_text="by whom, where and with what")

    objects = KeptQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "people", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "people"],
                condition=Q(withdrawn_at=None),
                name="beneficiary_group_once",
                violation_error_message="The partnership names this group already.",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_people_display())

    @property
    def stakeholder_group(self) -> str:
        """The code of the stakeholder group that speaks for them; empty where none does."""
        return {str(people): code for people, code in SPOKEN_FOR_BY.items()}.get(self.people, "")
