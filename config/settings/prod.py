"""A real city: everything secret comes from the environment, and nothing of the demo starts."""

from django.core.exceptions import ImproperlyConfigured

from config.env import env_list, env_secret
from config.settings.base import *
from config.settings.base import DEMO

if DEMO:
    raise ImproperlyConfigured("DEMO=1 opens sign-in without a password; unset DEMO to start in production.")

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
ID_HASH_KEY = env_secret("ID_HASH_KEY")
SMS_GATEWAY_SECRET = env_secret("SMS_GATEWAY_SECRET", default="")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
