"""What waits for the secretariat, one list per kind of work, each sorted by age and by weight."""

from monitoring.services.queues import data, needs, partners, reports
from monitoring.services.queues.queue import Act, Done, Queue, Shown, Waiting

QUEUES: dict[str, Queue] = {
    queue.key: queue for queue in (*data.QUEUES, *reports.QUEUES, *partners.QUEUES, *needs.QUEUES)
}

__all__ = ["QUEUES", "Act", "Done", "Queue", "Shown", "Waiting"]
