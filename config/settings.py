"""Everything that differs between installations is read from the environment."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from kombu import Exchange, Queue

from config.enum_names import ENUM_NAMES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else environ.Env.NOTSET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "monitoring",
    "partnerships",
    "registry",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "health_check",
    "knox",
    "rest_framework",
]

MIDDLEWARE = [
    "registry.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.middleware.CallerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.addresses.ReadableOnly",  # before any that reads the query or the form
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registry.second_factor.AdminsNeedTotp",
    "axes.middleware.AxesMiddleware",
    "registry.merged_addresses.MergedPartners",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.views.notices.unread_notices",
            ]
        },
    }
]

# Two doors to one database: the application's role runs, the owner's role migrates and tests.
_database = (
    "DATABASE_OWNER_URL"
    if env.bool("MANAGE_AS_OWNER", default=False) and "DATABASE_OWNER_URL" in env.ENVIRON
    else "DATABASE_URL"
)
DATABASES = {
    "default": {
        **env.db_url(_database, default="postgres://127.0.0.1:5432/registry"),
        "ENGINE": "config.postgresql",  # Django's, which also tells the database who acts
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
# Behind a pooler that shares connections between transactions: see config/postgresql/base.py.
DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False)
AUDIT_SEAL_SECONDS = env.float("AUDIT_SEAL_SECONDS", default=10.0)
AUDIT_ANCHOR_FILE = env.str(
    "AUDIT_ANCHOR_FILE", default=str(BASE_DIR / "var" / "audit-anchors.jsonl")
)
# knox would make its own table beside our token model, which a flush then trips over.
MIGRATION_MODULES = {"knox": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

AUTH_USER_MODEL = "registry.User"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Accounts by django-allauth (registry/accounts.py), limits on guessing in registry/lockout.py.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "registry.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SIGNUP_REDIRECT_URL = "account"
ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL = "/sign-in/?next=/account/"
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/account/"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {  # what sends mail; guesses are registry.lockout's
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "reset_password": "20/m/ip,5/h/key",
}
ACCOUNT_FORMS = {
    "login": "registry.forms.accounts.SignInForm",
    "signup": "registry.forms.accounts.SignUpForm",
    "reset_password": "registry.forms.accounts.ForgottenPasswordForm",
    "reset_password_from_key": "registry.forms.accounts.NewPasswordForm",
    "set_password": "registry.forms.accounts.FirstPasswordForm",
    "change_password": "registry.forms.accounts.ChangePasswordForm",
    "add_email": "registry.forms.accounts.ChangeEmailForm",
    "reauthenticate": "registry.forms.accounts.ConfirmPasswordForm",
}
MFA_ADAPTER = "registry.second_factor.Secrets"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # a change that waits: without any confirmed one nobody signs in
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "SDG Partnership Registry"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "registry.forms.accounts.SecondFactorForm",
    "reauthenticate": "registry.forms.accounts.ConfirmCodeForm",
    "activate_totp": "registry.forms.accounts.ActivateForm",
}
AXES_HANDLER = "registry.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "registry.views.accounts.locked"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SIGN_IN_COOLOFF_MINUTES", default=15))
# Guesses within a cool-off: at an account from one address, from all, and from one address at all.
SIGN_IN_LIMITS = {"account_and_address": 10, "account": 50, "address": 100}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
UPLOADS_KEPT_DAYS = env.int("UPLOADS_KEPT_DAYS", default=30)  # files of values, once checked

HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.int("TRUSTED_PROXIES", default=0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Where people reach the product: for links in mails.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
# Where the product calls what others have named: see registry/outgoing.py.
WEBHOOKS_ALLOW_HTTP = env.bool("WEBHOOKS_ALLOW_HTTP", default=False)  # for tests and development
WEBHOOKS_ALLOW_NETWORKS = env.list("WEBHOOKS_ALLOW_NETWORKS", default=[])
WEBHOOKS_PORTS = env.list("WEBHOOKS_PORTS", cast=int, default=[443])
WEBHOOKS_CA_FILE = env.str("WEBHOOKS_CA_FILE", default="")
WEBHOOKS_TIMEOUT = env.float("WEBHOOKS_TIMEOUT", default=10.0)
WEBHOOKS_FAILING_DAYS = env.int("WEBHOOKS_FAILING_DAYS", default=5)
NOTICES_DIGEST_HOUR = env.int("NOTICES_DIGEST_HOUR", default=7)
NOTICES_TIME_ZONE = env.str("NOTICES_TIME_ZONE", default="UTC")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="registry@localhost")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ADMINS_NEED_TOTP = env.bool("ADMINS_NEED_TOTP", default=HTTPS)

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.api.authentication.TokenAuthentication",
        "registry.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["registry.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["registry.api.filters.FilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.schema.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
}
# Calls of the API in any 60 seconds: registry/api/limits.py.
RATE_LIMITS = {
    "anonymous": env.int("RATE_LIMIT_ANONYMOUS", default=120),
    "token": env.int("RATE_LIMIT_TOKEN", default=600),
    "person": env.int("RATE_LIMIT_PERSON", default=1200),
    "partner": env.int("RATE_LIMIT_PARTNER", default=1200),
    "file": env.int("RATE_LIMIT_FILE", default=30),  # files of values, by person
    # What anybody may write: feedback and complaints, and codes tried to look them up.
    "voice": env.int("RATE_LIMIT_VOICE", default=10),
    "check": env.int("RATE_LIMIT_CHECK", default=30),  # reports held against what was issued
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "config.api.ExceptionHandler"}
SPECTACULAR_SETTINGS = {
    "TITLE": "SDG partnership registry",
    "DESCRIPTION": "Who promised what to whom, what was delivered, and whether to believe it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}
# knox's own table is replaced by ours; made all the same, it would only be in the way of a flush.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "registry.Token"
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "AUTH_HEADER_PREFIX": "Token"}

# Who may read /metrics beside signed-in admins: "Authorization: Bearer …"; empty: nobody else.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# A message is only a hint: the truth is a row, and a sweeper finds what a lost hint left.
CELERY_BROKER_URL = REDIS_URL
# Every worker takes from both in turn: reports do not wait behind the files of others. One that is
# started with `-Q celery` or `-Q files` does only these.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "files")]
CELERY_TASK_ROUTES = {"monitoring.tasks.make_report_file": {"queue": "files"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below holds for workers too
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,  # above the hard time limit: a running task is not given twice
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# Beat writes these anew whenever it starts; what admins change is in models/report_schedules.py.
CELERY_BEAT_SCHEDULE = {
    "seal the audit log": {"task": "registry.tasks.seal_audit", "schedule": AUDIT_SEAL_SECONDS},
    "sweep jobs": {"task": "monitoring.tasks.sweep_jobs", "schedule": 10.0},
    "refresh rollups": {"task": "monitoring.tasks.refresh_rollups", "schedule": 5.0},
    "tell events": {"task": "registry.tasks.tell_events", "schedule": 5.0},
    "call webhooks": {"task": "registry.tasks.call_webhooks", "schedule": 5.0},
    "mail notices": {"task": "registry.tasks.mail_notices", "schedule": 10.0},
    "send digests": {"task": "registry.tasks.send_digests", "schedule": timedelta(minutes=10)},
    "forget old sign-in attempts": {
        "task": "registry.tasks.forget_old_attempts",
        "schedule": timedelta(hours=24),
    },
    "drop unconfirmed accounts": {
        "task": "registry.tasks.drop_unconfirmed_accounts",
        "schedule": timedelta(hours=24),
    },
    "old files of values": {
        "task": "monitoring.tasks.delete_old_uploads",
        "schedule": timedelta(hours=24),
    },
    "replies, embargoes and publication by rule": {
        "task": "monitoring.tasks.move_reports_on",
        "schedule": timedelta(minutes=5),
    },
    "half-written files": {
        "task": "monitoring.tasks.delete_old_parts",
        "schedule": timedelta(hours=24),
    },
    "reminders of data that is due": {
        "task": "monitoring.tasks.remind_of_due_data",
        "schedule": timedelta(hours=3),
    },
    "reminders after evaluations": {
        "task": "monitoring.tasks.remind_of_evaluations",
        "schedule": timedelta(hours=3),
    },
    "silent partnerships": {
        "task": "partnerships.tasks.watch_silent_partnerships",
        "schedule": timedelta(hours=24),
    },
    "invitation mails": {"task": "registry.tasks.sweep_invitation_mails", "schedule": 60.0},
    "membership invitation mails": {
        "task": "partnerships.tasks.sweep_membership_invitation_mails",
        "schedule": 60.0,
    },
    "expired membership invitations": {
        "task": "partnerships.tasks.expire_membership_invitations",
        "schedule": 3600.0,
    },
    "old answers": {"task": "registry.tasks.forget_old_answers", "schedule": 3600.0},
    "expired invitations": {"task": "registry.tasks.expire_invitations", "schedule": 3600.0},
    "expiring reviews": {
        "task": "registry.tasks.remind_of_due_diligence",
        "schedule": timedelta(hours=24),
    },
    "expiring tokens": {"task": "registry.tasks.remind_of_expiring_tokens", "schedule": 3600.0},
    "proposals that nobody objects to": {
        "task": "partnerships.tasks.bind_proposals",
        "schedule": timedelta(hours=24),
    },
    "matches of needs": {
        "task": "partnerships.tasks.match_needs",
        "schedule": timedelta(hours=24),
    },
    "unanswered feedback": {
        "task": "partnerships.tasks.remind_of_feedback",
        "schedule": timedelta(hours=24),
    },
    "second managers": {
        "task": "registry.tasks.ask_for_second_managers",
        "schedule": timedelta(hours=24),
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "registry.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
