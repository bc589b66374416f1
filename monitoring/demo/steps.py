"""What is told of each demo partnership besides its members and promises, topic by topic."""

from collections.abc import Callable, Sequence

from monitoring.demo.amending import review_and_amend
from monitoring.demo.catalogue import enter_catalogue
from monitoring.demo.coalition import coalition
from monitoring.demo.dialogue import enter_dialogue
from monitoring.demo.documents import agree_on_documents
from monitoring.demo.evaluations import enter_evaluations
from monitoring.demo.ledger import enter_ledgers
from monitoring.demo.money import add_money
from monitoring.demo.objectives import enter_objectives
from monitoring.demo.principles import enter_principles
from monitoring.demo.promises import Entered
from monitoring.demo.voices import voices

# Each step reads a file of its own, `data/<topic>.toml`, by the partnerships' names.
STEPS: list[Callable[[Sequence[Entered]], None]] = [
    coalition,
    voices,
    agree_on_documents,
    enter_ledgers,
    enter_objectives,
    enter_principles,
    enter_dialogue,
    add_money,
    enter_evaluations,
    review_and_amend,  # the last one: versions hold what the others have entered
    enter_catalogue,
]
