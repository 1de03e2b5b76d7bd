"""The settings: safe by default, and what differs between places read from the environment (docs/service/deploy.md)."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from service.config.mail import *  # noqa: F403
from service.config.sign_in import *  # noqa: F403
from service.config.sign_in import SWIS_OIDC
from service.pages.logs import logging_settings
from service.pages.security import content_security_policy

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SWIS_DATA", ROOT / "out" / "service"))
DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
DEMONSTRATION = os.environ.get("SWIS_DEMONSTRATION") == "1"
SWIS_DEMONSTRATION = DEMONSTRATION
TESTING = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith("settings_for_tests")


def _secret(name: str, *, demonstration: str) -> str:
    """A secret from the environment, or from the file that NAME_FILE points to; a fixed one only for demonstrations and tests."""
    file = os.environ.get(f"{name}_FILE")
    value = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")
    if not value and (DEMONSTRATION or TESTING):
        return demonstration
    if len(value) < 32:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) to a secret of at least 32 characters.")
    return value


SECRET_KEY = _secret("SWIS_SECRET_KEY", demonstration="demonstration-" * 4)
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SWIS_OLD_SECRET_KEYS", "").split(",") if key]
AUDIT_KEY = _secret("SWIS_AUDIT_KEY", demonstration="audit-of-a-demonstration-" * 2)

DEBUG = False
ALLOWED_HOSTS = os.environ.get("SWIS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = os.environ.get("SWIS_HTTPS", "0" if DEMONSTRATION or TESTING else "1") == "1"
ROOT_URLCONF = "service.config.urls"
WSGI_APPLICATION = "service.config.wsgi.application"

INSTALLED_APPS = [
    "service.pages",
    "service.audit",
    "service.schools",
    "service.accounts",
    "service.programmes",
    "service.practice",
    "service.diary",
    "service.enquiries",
    "service.reviews",
    "service.sight",
    "service.records",
    "service.evidence",
    "service.operations",
    "service.demonstration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "service.pages.headers.RequestIdMiddleware",
    # Before all that may answer by itself, so that every answer carries them.
    "service.pages.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "service.audit.request.AuditMiddleware",
    "service.practice.kept_forms.KeepFormsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "service.accounts.middleware.SessionLimitsMiddleware",
    "service.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "service.config.navigation.navigation",
                "service.pages.context.service",
            ],
        },
    },
]
FORM_RENDERER = "service.pages.forms.GovukRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("SWIS_DATABASE_URL", f"sqlite:///{DATA / 'swis.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, who says so at the start; readers go on beside him. What was acknowledged is on the disk.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no words in the browser's cookies
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = os.environ.get("SWIS_HSTS_PRELOAD") == "1"
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds the whole domain for years: the council decides
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("SWIS_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    MIDDLEWARE.insert(1, "service.pages.headers.ForwardedAddressMiddleware")

CONTENT_SECURITY_POLICY = content_security_policy(sign_in_providers=SWIS_OIDC["origins"])
CSRF_FAILURE_VIEW = "service.pages.views.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMONSTRATION or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMONSTRATION or TESTING

SWIS_SERVICE_NAME = os.environ.get("SWIS_SERVICE_NAME", "Social Workers in Schools")
SWIS_ACCESSIBILITY_CONTACT = os.environ.get("SWIS_ACCESSIBILITY_CONTACT", "")
SWIS_DATA_CONTROLLER = os.environ.get("SWIS_DATA_CONTROLLER", "")
# The forms whose text is kept when it comes too late, each with who keeps it (url name to dotted path).
SWIS_KEPT_FORMS = {
    "contact-record": "service.practice.kept_forms.keep_contact",
    "contact-correct": "service.practice.kept_forms.keep_contact",
    "draft-save": "service.practice.kept_forms.keep_contact",
    "enquiry-ask": "service.enquiries.kept_forms.keep_enquiry",
    "enquiry-answer": "service.enquiries.kept_forms.keep_enquiry",
    "enquiry-reopen": "service.enquiries.kept_forms.keep_enquiry",
    "enquiry-withdraw": "service.enquiries.kept_forms.keep_enquiry",
    "review-close": "service.reviews.kept_forms.keep_minutes",
    "review-item-add": "service.reviews.kept_forms.keep_words",
    "review-item-next": "service.reviews.kept_forms.keep_words",
    "review-item-withdraw": "service.reviews.kept_forms.keep_words",
    "review-action-agree": "service.reviews.kept_forms.keep_words",
    "review-action-settle": "service.reviews.kept_forms.keep_words",
    "review-action-postpone": "service.reviews.kept_forms.keep_words",
    "review-action-reopen": "service.reviews.kept_forms.keep_words",
    "review-attendee-add": "service.reviews.kept_forms.keep_words",
    "review-move": "service.reviews.kept_forms.keep_words",
    "review-cancel": "service.reviews.kept_forms.keep_words",
    "review-amend": "service.reviews.kept_forms.keep_words",
}
SWIS_READINESS_CHECKS = {} if TESTING else {"worker": "service.operations.tasks.worker_problem"}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LOGGING = logging_settings()
