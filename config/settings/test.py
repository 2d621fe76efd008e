"""The tests' settings: the same parts, a quick password hasher, a database of their own."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("DB_POOL", "0")

from config.env import env_str
from config.settings.base import *
from config.settings.base import DATABASES, INSTALLED_APPS, STORAGES, VAR_DIR

DATABASES["default"]["TEST"] = {"NAME": env_str("TEST_DB", default="test_portal"), "TEMPLATE": "template0"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = VAR_DIR / "test-media"
STORAGES["private"]["OPTIONS"] = {"location": MEDIA_ROOT}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.things"]
DEMO = True
