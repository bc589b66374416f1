"""What 0, 1 and 2 mean for each principle that a partnership is asked about; our own words."""

from collections.abc import Mapping

LEVELS = {0: "not pursued", 1: "pursued among other aims", 2: "a main reason for the partnership"}

GUIDANCE: Mapping[str, tuple[str, str, str]] = {
    "leave_no_one_behind": (
        (
            "It was looked at who is usually left out, and this partnership does not set out to"
            " reach them. Say why that is right here: who reaches them instead?"
        ),
        (
            "Groups that are usually left out are named; something is done so that they are"
            " reached and take part, and it is counted how many were. The partnership would exist"
            " without it."
        ),
        (
            "The partnership was made to reach those who are furthest behind. They helped to"
            " decide what is done, most of what is spent serves them, and results are shown for"
            " them apart."
        ),
    ),
    "gender": (
        (
            "It was looked at what the partnership changes for women and men, girls and boys, and"
            " it does not set out to change how they stand to each other. Say why that does no"
            " harm."
        ),
        (
            "One of several aims is that women and girls gain equally: with something done for"
            " it, an indicator by sex and somebody who answers for it."
        ),
        (
            "More equality between women and men is what the partnership is for: without this aim"
            " it would not exist, and its main results are measured by it."
        ),
    ),
    "human_rights": (
        (
            "It was looked at whose rights the partnership touches, and it does not set out to"
            " further them beyond what the law asks of everybody. Say what keeps it from doing"
            " harm."
        ),
        (
            "The rights that are touched are named; people know them, can complain and are"
            " answered, and what was found is dealt with. This is one of several aims."
        ),
        (
            "The partnership is for the fulfilment of a right: those who hold it help to decide,"
            " those who owe it are partners or are held to it, and results are measured by it."
        ),
    ),
    "climate": (
        (
            "It was looked at what the partnership emits and what a changing climate would do to"
            " it, and neither is among its aims. Say how large both are."
        ),
        (
            "It cuts emissions, or makes people ready for a changing climate, as one of several"
            " aims: with something done for it and a figure that shows it."
        ),
        (
            "It is for cutting emissions or for living with a changing climate: without this aim"
            " it would not exist, and its main results are measured by it."
        ),
    ),
}


def meaning(kind: str, significance: int) -> str:
    """What a level of this principle means; empty for those that only other systems publish."""
    levels = GUIDANCE.get(kind)
    return levels[significance] if levels and significance < len(levels) else ""
