"""Who turns schedules on and off, and sets their times, is audited; what beat notes is not."""

from django.db import migrations

from registry.audit import audited


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0044_report_life_locks"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        audited("django_celery_beat_crontabschedule"),
        audited("django_celery_beat_intervalschedule"),
        audited("django_celery_beat_solarschedule"),
        audited("django_celery_beat_clockedschedule"),
        audited(
            "django_celery_beat_periodictask",
            hidden=["description"],
            ignored=["last_run_at", "total_run_count", "date_changed"],
            watched=["name", "task", "args", "kwargs", "enabled", "crontab_id", "interval_id"],
        ),
    ]
