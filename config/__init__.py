# Imported with the settings: Celery's shared tasks and Django's checks must be known by then.
from config import checks
from config.celery import app as celery_app

__all__ = ["celery_app", "checks"]
