"""What people say of the demo partnerships, and what these have learnt."""

from collections.abc import Sequence
from hashlib import sha256

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, key, moment, topic
from partnerships.models import Feedback, Lesson
from partnerships.models.feedback import ANSWERED_WITHIN
from registry.models import Country, Target


def voices(entered: Sequence[Entered]) -> None:
    said = topic("voices")
    for one in entered:
        told = said.get(one.spec["name"], {})
        for number, row in enumerate(told.get("feedback", [])):
            _feedback(one, row, number)
        for row in told.get("lessons", []):
            _lesson(one, row)


def _feedback(one: Entered, row: Spec, number: int) -> None:
    passed, answered = row.get("passed_on"), row.get("answered_on")
    code = sha256(str(key("feedback", one.spec["name"], number)).encode())
    feedback = Feedback.objects.create(
        partnership=one.partnership,
        sender=row["sender"],
        text=row["text"],
        may_publish=row["public"],
        status="answered" if answered else "passed" if passed else "received",
        passed_at=moment(passed) if passed else None,
        answer_due_on=passed + ANSWERED_WITHIN if passed else None,
        answer=row.get("answer", ""),
        answered_at=moment(answered) if answered else None,
        code_sha256=code.hexdigest(),
        created_at=moment(row["on"]),
        updated_at=moment(answered or passed or row["on"]),
    )
    tell, admin = one.history.moved, one.people.admin
    one.history.tell(feedback, "received", moment(row["on"]), became="received")
    if passed:
        tell(feedback, "received", "passed", moment(passed), by=admin)
    if answered:
        tell(feedback, "passed", "answered", moment(answered), by=one.manager)


def _lesson(one: Entered, row: Spec) -> None:
    said = {name: row[name] for name in ("kind", "title", "happened", "learnt", "audience")}
    lesson = Lesson.objects.create(
        partnership=one.partnership,
        status="published",
        published_on=row["on"],
        created_at=moment(row["on"], days=-3),
        updated_at=moment(row["on"]),
        **said,
    )
    lesson.targets.set(Target.objects.filter(code__in=row["targets"]))
    lesson.countries.set(Country.objects.filter(alpha2__in=row["countries"]))
    one.history.moved(lesson, "draft", "published", moment(row["on"]), by=one.manager)
