"""What belongs into a document that members agree to, and words to begin from."""

from typing import NamedTuple

from django.db import models

from partnerships.models.partnership import Partnership


class Ingredient(models.TextChoices):
    """What a clause is about."""

    WHO = "who", "Who takes part"
    WHY = "why", "Why: the shared aim"
    OWN_AIMS = "own_aims", "What each member seeks for itself"
    VALUES = "values", "Values"
    WHAT = "what", "What is done, and when"
    CONTRIBUTIONS = "contributions", "What each brings"
    ROLES = "roles", "Who does what"
    MEASURES = "measures", "How results are measured"
    DECISIONS = "decisions", "How decisions are made"
    PROPERTY = "property", "Intellectual property"
    SHARING_DATA = "sharing_data", "Sharing and protecting data"
    TEN_PRINCIPLES = "ten_principles", "The Ten Principles"
    LASTING = "lasting", "What lasts"
    EXIT = "exit", "Leaving and ending"
    DISPUTES = "disputes", "Disputes"
    REVIEW = "review", "Review of this document"
    INCLUSION = "inclusion", "Everybody affected is heard"
    IN_TIME = "in_time", "Asked before it is decided"
    REACH = "reach", "Language, place and access"
    CONSENT = "consent", "Free, prior and informed consent"
    SAFETY = "safety", "Speaking without fear"
    LOCAL = "local", "Local knowledge and institutions"
    ANSWERS = "answers", "Telling what came of it"
    COMPLAINTS = "complaints", "Complaints"
    INTERESTS = "interests", "Conflicts of interest"
    OTHER = "other", "Something else"


class Entry(NamedTuple):
    """A line of a checklist: what to say there, a text to begin from, whether it must be there."""

    kind: Ingredient
    asks: str
    start: str
    required: bool = False

    @property
    def label(self) -> str:
        return str(self.kind.label)


I = Ingredient  # noqa: E741 - one letter, so that the tables below can be read
PARTNERSHIP = (
    Entry(
        I.WHO,
        "The members, their mission, and who speaks for each.",
        "The members are those listed in the registry as accepted. Each names one person who"
        " speaks for it, and a deputy.",
        True,
    ),
    Entry(
        I.WHY,
        "The change that all members want, for whom and by when.",
        "Together we want to bring about the objectives stated in the registry, for the people"
        " and places named there.",
        True,
    ),
    Entry(
        I.OWN_AIMS,
        "What each member gains; said openly it can be met.",
        "Each member has declared its own interests in the registry and keeps them up to date.",
    ),
    Entry(
        I.VALUES,
        "How members deal with each other: equity, openness, mutual benefit.",
        "We treat each other as equals, share what we know, and see that each member gains.",
    ),
    Entry(
        I.WHAT,
        "Activities and an outline of the work plan.",
        "We carry out the activities of the work plan, which we renew each year.",
    ),
    Entry(
        I.CONTRIBUTIONS,
        "Money, people, knowledge or goods that each member brings, and when.",
        "Each member delivers the commitments that it has entered in the registry, in the amounts"
        " and by the dates stated there.",
        True,
    ),
    Entry(
        I.ROLES,
        "Who leads, who carries out, who funds, who advises.",
        "The lead co-ordinates and reports. Every other member has the roles stated in the"
        " registry.",
    ),
    Entry(
        I.MEASURES,
        "The indicators by which we know that it works.",
        "We measure by the M&E framework that the members have agreed, and publish what we find.",
    ),
    Entry(
        I.DECISIONS,
        "Who decides what, in which way, and by which quorum.",
        "The members decide together, each with one voice, by the quorum that this agreement"
        " states.",
        True,
    ),
    Entry(
        I.PROPERTY,
        "Who owns what is brought in and what is made, and who may use it.",
        "What a member brings stays its own. What we make together may be used by every member"
        " and is published under an open licence.",
    ),
    Entry(
        I.SHARING_DATA,
        "Which data are shared, with whom, and how people in them are protected.",
        "We share the data that the framework asks for. Data on persons are collected only where"
        " needed, kept safe, never published, and erased when no longer needed.",
        True,
    ),
    Entry(
        I.TEN_PRINCIPLES,
        "Commitment to the Ten Principles of the UN Global Compact.",
        "Every member respects the Ten Principles of the UN Global Compact on human rights,"
        " labour, environment and anti-corruption, and says once a year how.",
    ),
    Entry(
        I.LASTING,
        "What goes on when the partnership has ended, and who pays for it.",
        "Before the end we hand over what has to go on to those who can carry it.",
    ),
    Entry(
        I.EXIT,
        "How a member leaves, and what becomes of its promises.",
        "A member may leave with three months' notice. It hands its commitments over or delivers"
        " what has fallen due.",
        True,
    ),
    Entry(
        I.DISPUTES,
        "What happens when members do not agree.",
        "We talk first, within 30 days; then we ask somebody whom all trust to mediate.",
    ),
    Entry(
        I.REVIEW,
        "When this agreement is looked at again.",
        "We review this agreement once a year and whenever a member asks for it.",
    ),
)
ENGAGEMENT = (
    Entry(
        I.INCLUSION,
        "Who is affected, and how those seldom heard are reached.",
        "We ask everybody whom our work affects, those furthest behind first.",
        True,
    ),
    Entry(
        I.IN_TIME,
        "People are asked while it can still change something.",
        "We ask before we decide, and leave at least four weeks to answer.",
    ),
    Entry(
        I.REACH,
        "Languages, places, times and access for all.",
        "We meet where people are, in their languages, at times and in ways open to everybody.",
    ),
    Entry(
        I.CONSENT,
        "Consent of indigenous peoples, in their own way of deciding.",
        "Nothing is done on indigenous peoples' land without their free, prior and informed"
        " consent.",
    ),
    Entry(
        I.SAFETY,
        "Nobody suffers for what was said.",
        "Nobody is named or suffers for what was said; we act on every report of retaliation.",
    ),
    Entry(
        I.LOCAL,
        "How local knowledge and institutions take part in decisions.",
        "We build on local knowledge, and work through local institutions where there are any.",
    ),
    Entry(
        I.ANSWERS,
        "How people are told what was heard and what changed.",
        "Within 60 days we tell those whom we asked what we heard, what changed and what did not.",
        True,
    ),
    Entry(
        I.COMPLAINTS,
        "Where somebody can complain, and what happens then.",
        "Anybody may complain, also without a name; we answer within 30 days.",
        True,
    ),
    Entry(
        I.INTERESTS,
        "How interests are made known and kept in check.",
        "Whoever speaks for a group says for whom, and which interests are at stake.",
    ),
)
BY_KIND = {"partnership": PARTNERSHIP, "engagement": ENGAGEMENT}


def checklist(kind: str, partnership: Partnership) -> list[Entry]:
    """The lines for a document of the kind; a UN-business agreement carries the Ten Principles."""
    business = partnership.kind == Partnership.Kind.UN_BUSINESS
    return [
        entry._replace(required=True)
        if business and entry.kind == Ingredient.TEN_PRINCIPLES
        else entry
        for entry in BY_KIND.get(kind, ())
    ]
