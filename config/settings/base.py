"""Settings that hold everywhere; what differs comes typed from the environment (config/env.py)."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import database_url, env_bool, env_int, env_list, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env_str("VAR_DIR", default=str(BASE_DIR / "var")))

DEMO = env_bool("DEMO", default=False)
DEBUG = False
SECRET_KEY = env_secret("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env_str("SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "core",
    "accounts",
    "communities",
    "notifications",
    "grievances",
    "portal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "mptt",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.memo.MemoMiddleware",
    "accounts.middleware.PersonMiddleware",
    "communities.middleware.ViewingMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.nav",
            ],
            "builtins": ["core.templatetags.look", "core.templatetags.words"],
        },
    }
]

DATABASES = {"default": database_url(env_secret("DATABASE_URL"), pool=env_bool("DB_POOL", default=True))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_secret("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.CalmRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 1}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "drain the outbox": {"task": "core.tasks.drain_outbox", "schedule": 3.0, "options": {"expires": 3}},
    "send what waits": {"task": "notifications.tasks.send_waiting", "schedule": 3.0, "options": {"expires": 3}},
    "take due steps": {"task": "core.tasks.sweep_timers", "schedule": 15.0, "options": {"expires": 15}},
    "fold the figures": {"task": "core.tasks.fold_figures", "schedule": 10.0, "options": {"expires": 10}},
    "photo versions that were missed": {
        "task": "core.tasks.make_missing_versions",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "clean up": {"task": "core.tasks.clean_up", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget old codes": {"task": "accounts.tasks.clean_up", "schedule": 300.0, "options": {"expires": 300}},
    "erase what was kept long enough": {
        "task": "grievances.tasks.erase_old",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "check the rules": {"task": "grievances.tasks.check_rules", "schedule": 300.0, "options": {"expires": 300}},
    "try changed rules": {"task": "grievances.tasks.try_rules", "schedule": 10.0, "options": {"expires": 10}},
    "make copies of data": {"task": "accounts.tasks.make_exports", "schedule": 10.0, "options": {"expires": 10}},
    "erase old account data": {
        "task": "accounts.tasks.erase_old",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "erase old messages": {
        "task": "notifications.tasks.erase_old",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "seal the history": {"task": "core.tasks.seal_history", "schedule": 3600.0, "options": {"expires": 3600}},
}
if DEMO:
    CELERY_BEAT_SCHEDULE["go on with the demo city"] = {
        "task": "portal.tasks.make_demo_cases",
        "schedule": 15.0,
        "options": {"expires": 15},
    }

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.PortalAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", default=0, minimum=0, maximum=5)
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static", ("built", VAR_DIR / "static")]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_ACCEL = env_str("MEDIA_ACCEL", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

SMS_GATEWAY = env_str("SMS_GATEWAY", default="notifications.gateways.demo.DemoGateway")
ID_HASH_KEY = env_secret("ID_HASH_KEY", default="")
CASE_NUMBER_PREFIX = env_str("CASE_NUMBER_PREFIX", default="LF")
WEB_PORT = env_int("WEB_PORT", default=8000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
