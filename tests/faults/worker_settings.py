"""The product's settings on the test database, with messages of their own in Redis."""

import os

from config.settings import *  # noqa: F403
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES

DATABASES["default"]["NAME"] = os.environ["FAULTS_DATABASE"]
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = os.environ["FAULTS_PREFIX"]
