"""Settings of the site. A site is configured by its environment:

DATABASE_URL            a PostgreSQL server (15 or newer); without it the private one in `var/` serves
ANSINH_VAR              the folder of everything this machine makes (default: `var/` beside the code)
ANSINH_SECRET_KEY       signs sessions (default: made once and kept in `var/`)
ANSINH_FORMER_KEYS      keys the site had before, by commas: what they sealed or signed is still read
ANSINH_HOSTS            the names the site answers to, by commas (default: localhost)
ANSINH_HTTPS            1 when the site is served over HTTPS only
ANSINH_IDLE_MINUTES     a session ends when unused for so long (default: 30), and in any case after 12 hours
ANSINH_COLLECTED        1 to serve the collected, compressed static files (`ansinh serve` does both)
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from ansinh.db import private

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ANSINH_VAR") or BASE_DIR / "var").absolute()


def _secret_key() -> str:
    if given := os.environ.get("ANSINH_SECRET_KEY"):
        return given
    kept = VAR / "secret-key"
    try:
        return kept.read_text()
    except FileNotFoundError:
        VAR.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            draft.rename(kept) if not kept.exists() else draft.unlink()
        except FileExistsError:
            draft.unlink()
        return kept.read_text()


def database(url: str, options: dict[str, str]) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    port = query.pop("port", None) or parts.port or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": {**query, **options},
        # A day in SQL is a day in Viet Nam.
        "TIME_ZONE": "Asia/Ho_Chi_Minh",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


PRIVATE_CLUSTER = None if os.environ.get("DATABASE_URL") else private.Cluster(VAR / "postgres")
DATABASE_URL = os.environ.get("DATABASE_URL") or private.Cluster(VAR / "postgres").url()

# One database, two ways in: the application owns nothing and is refused what it must not do;
# the owner makes tables, in migrations only (`ansinh migrate`).
DATABASES = {
    # The server notices within seconds that a killed client is gone, and lets go of its locks. A province's
    # month lies in temporary tables: with room for them in memory it takes a fifth less.
    "default": database(
        DATABASE_URL,
        {
            "options": "-c role=ansinh_app -c client_connection_check_interval=2s -c temp_buffers=256MB",
        },
    ),
    "owner": database(DATABASE_URL, {}),
}

SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("ANSINH_FORMER_KEYS", "").split(",") if key]
DEBUG = False
ALLOWED_HOSTS = (os.environ.get("ANSINH_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "ansinh.db",
    "ansinh.web",
    "ansinh.geography",
    "ansinh.accounts",
    "ansinh.registry",
    "ansinh.determinations",
    "ansinh.grants",
    "ansinh.payments",
    "ansinh.imports",
    "ansinh.simulations",
    "ansinh.portal",
    "ansinh.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ansinh.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ansinh.accounts.access.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ansinh.accounts.access.SessionLimitsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ansinh.web.middleware.PrivacyHeadersMiddleware",
    "ansinh.web.middleware.RefusalMiddleware",
    "ansinh.accounts.access.DoorMiddleware",
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
                "config.menu.menu",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Scans of papers: handed out by a view that asks who may see the person, by no server of files.
ATTACHMENTS = VAR / "attachments"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
if os.environ.get("ANSINH_COLLECTED") == "1":
    _static_storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
else:
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
    _static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the icons inside Bootstrap's style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
HTTPS = os.environ.get("ANSINH_HTTPS") == "1"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 60 * int(os.environ.get("ANSINH_IDLE_MINUTES") or 30)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
