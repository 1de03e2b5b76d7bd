"""The settings of the tests: the same service, with a fast password hasher and tasks that the test runs itself."""

from __future__ import annotations

import os

import dj_database_url

from service.config.settings import *  # noqa: F403
from service.config.settings import DATABASES, STORAGES

if url := os.environ.get("SWIS_TEST_DATABASE_URL"):
    DATABASES["default"] = dj_database_url.parse(url)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
# Style sheets and scripts are looked up when they are asked for: each client of a test would list all of them anew.
WHITENOISE_AUTOREFRESH = True
