"""The product's settings, with what makes tests fast and closed."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("MANAGE_AS_OWNER", "1")
os.environ.setdefault("HTTPS", "false")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = str(BASE_DIR / "registry" / "static")  # noqa: F405 - nothing is collected for tests
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests call from one address, thousands of times; test_rate_limits.py sets limits of its own.
RATE_LIMITS = dict.fromkeys(
    ("anonymous", "token", "person", "partner", "voice", "file", "check"), 1_000_000
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
