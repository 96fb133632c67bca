"""Settings: everything that differs between machines comes from the environment, with defaults that just run.

Without any variable: an embedded SQLite database under var/, a secret key made on first run, no debug pages,
http on localhost. .env.example names every variable; docs/operations.md says which a real installation sets.
"""

import os
import sys
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from core import environment as env
from core.secrets import private_files

BASE_DIR = Path(__file__).resolve().parent.parent
private_files.close(BASE_DIR / ".env")
env.load_file(BASE_DIR / ".env")

PRODUCT_NAME = "Tempo"
TESTING = env.flag("PLANNER_TESTING", default="pytest" in sys.modules)
DEMO = env.flag("DEMO", default=False)
DEBUG = env.flag("DEBUG", default=False)

DATA_DIR = Path(env.text("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
private_files.keep_private(DATA_DIR)
SECRET_KEY = env.text("SECRET_KEY", default="") or env.kept_secret(DATA_DIR / "secret_key")
# Keys of before, while `manage.py reseal` has not sealed everything anew: still read, never written with.
SECRET_KEY_FALLBACKS = env.words("OLD_SECRET_KEYS", default=[])

BASE_URL = env.text("BASE_URL", default="http://localhost:8000").rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", env.host_of(BASE_URL)])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if IS_HTTPS else []

INSTALLED_APPS = [
    "planner",
    "enrollment",
    "sessions",
    "rooms",
    "prisons",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles" if TESTING else "planner.operations.static_files.PlannerStaticFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_q",
    "ninja",
]

MIDDLEWARE = [
    "core.web.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "planner.middleware.feed_door.FeedDoor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.headers.CarefulHeaders",
    "core.web.compression.PackedPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.words.languages.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.web.empty_cells.EmptyCells",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "prisons.middleware.idle.IdleLimit",
    "prisons.signing_in.new_key.NewKey",
    "prisons.middleware.watch.ReadingWatch",
    "prisons.support.NothingIsSent",
    "core.web.refusals.RefusalMiddleware",
    "core.web.refusals.ReadableMiddleware",
    "planner.middleware.freezing.FreezeFirst",
    "prisons.middleware.once.Once",
]

ROOT_URLCONF = "planner.urls"
WSGI_APPLICATION = "planner.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "core.web.context.site",
                "prisons.context_processors.place",
                "planner.today.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- Data -------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default_file=DATA_DIR / "planner.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:
    for ending in ("", "-wal", "-shm"):
        private_files.close(Path(f"{DATABASES['default']['NAME']}{ending}"))

# A streaming copy that reports may read from; so many seconds it may be behind.
REPLICA_URL = env.text("REPLICA_URL", default="")
REPLICA_LAG_SECONDS = env.number("REPLICA_LAG_SECONDS", default=30)
if REPLICA_URL:
    DATABASES["replica"] = env.database("REPLICA_URL", default_file=DATA_DIR / "planner.sqlite3")
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["planner.operations.replica.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1,
        "planner.operations.replica.ReadOwnWrites",
    )

REDIS_URL = env.text("REDIS_URL", default="")
DATABASE_CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}
CACHES: dict[str, dict[str, Any]] = {
    # Rate limits count in the cache, so it is shared between processes and machines: never the memory of one.
    "default": {
        "BACKEND": "core.shared_cache.RedisOrDatabase",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else dict(DATABASE_CACHE),
    # What takes over while Redis is away.
    "database": dict(DATABASE_CACHE),
    # Where django-q2 tells twice a second how it is: nobody asks, so nothing is written.
    "nowhere": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# The broker is the database itself: a job enqueued in a transaction exists if and only if the write does.
# `retry` must stay above `timeout`, or a slow job runs twice at once.
Q_CLUSTER = {
    "name": "planner",
    "orm": "default",
    "broker_class": "planner.operations.broker.WokenQueue",
    "cache": "nowhere",
    "workers": env.number("JOB_WORKERS", default=1),
    "timeout": 300,
    "retry": 420,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "poll": 1,
    "bulk": 1,
    "recycle": 200,
    "save_limit": 500,
    "sync": False,
}
# The automatic planner works in a process of its own, with at most so much memory.
PLANNER_MEMORY_MB = env.number("PLANNER_MEMORY_MB", default=1500)
# Task: minutes between two runs. `manage.py schedule_tasks` (which `serve` runs) tells the worker.
REGULAR_TASKS = {
    "prisons.tasks.sweep": 5,
    "prisons.tasks.send_due": 1,
    "prisons.tasks.tend_jobs": 1,
    "prisons.tasks.seal_audit": 60,
    "enrollment.tasks.keep_lists": 5,
    "enrollment.tasks.tend_people": 60,
    "planner.notifications.tasks.post_daily": 15,
    "planner.emergency.tasks.write_due": 15,
}

# After so many days without tidying up (forgetting who has left, ending what is over) the clock is asked about first.
UPKEEP_MOST_DAYS = env.number("UPKEEP_MOST_DAYS", default=7)

# --- Who is it --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "prisons.User"
AUTHENTICATION_BACKENDS = ["planner.accounts.sign_in.WelcomePeople"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "planner.accounts.common_passwords.NoCommonOneTrimmed"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "planner.accounts.known_words.NoWordsOfTheHouse"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "planner.accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which proves the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_USER_DISPLAY = "planner.accounts.sign_in.display_name"
MFA_ADAPTER = "planner.accounts.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
# Per network and per account: one office behind one address, and one account under attack, stop nobody else.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "reset_password": "planner.accounts.sign_in.AskForLetter",
    "reset_password_from_key": "planner.accounts.sign_in.NewPasswordForm",
}
# Minutes without doing anything after which whoever sees names is signed out; 0 never.
IDLE_MINUTES = env.number("IDLE_MINUTES", default=0 if DEMO else 60)
# Hours after which everybody signs in again, however busy; 0 never.
SESSION_HOURS = env.number("SESSION_HOURS", default=0 if DEMO else 12)
# Organisations with accounts of their own: OIDC_PROVIDERS=brug, then OIDC_BRUG_ISSUER, _CLIENT_ID, _SECRET, _DOMAINS.
OIDC_APPS = env.openid_apps(env.words("OIDC_PROVIDERS", default=[]))
SOCIALACCOUNT_ADAPTER = "planner.accounts.openid.OpenIdAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_APPS, "OAUTH_PKCE_ENABLED": True}}
# Whoever sees names signs in with a second factor, except in the demo whose people are invented.
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", default=not DEMO and not TESTING)

# Behind https a browser takes these names from this host alone, over https alone, for every path.
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
THEME_COOKIE_NAME = f"{COOKIE_PREFIX}theme"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "core.secrets.encrypted_messages.Storage"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "prisons.signing_in.carried.refused"
if env.text("COOKIE_SUFFIX", default=""):
    # Cookies do not tell ports apart: two demos side by side need names of their own.
    SESSION_COOKIE_NAME = f"sessionid_{env.text('COOKIE_SUFFIX', default='')}"
    CSRF_COOKIE_NAME = f"csrftoken_{env.text('COOKIE_SUFFIX', default='')}"

# --- The way to the browser -------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # secret feed addresses never leave as a referrer
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=IS_HTTPS)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of our own add to X-Forwarded-For: one with deploy/Caddyfile. Each too many believes a stranger.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *(origin for app in OIDC_APPS for origin in app["settings"]["origins"])],
        "frame-ancestors": [NONE],
    },
}

# Whom to tell of a hole (an address, or the address of a page): /.well-known/security.txt.
SECURITY_CONTACT = env.text("SECURITY_CONTACT", default=f"security@{env.host_of(BASE_URL)}")
API_PER_MINUTE = env.number("API_PER_MINUTE", default=120)
API_WRONG_TOKENS_PER_MINUTE = 20

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# What the rules forbid about sessions to come: asked from below the engine, when a rule is changed.
RULE_HITS = "planner.scheduling.rules.rule_hits"

# --- Files ------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
USES_PLAIN_STATIC = env.flag("PLAIN_STATIC", default=DEBUG or TESTING)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if USES_PLAIN_STATIC
        else f"planner.operations.static_files.{'HashedStorage' if DEMO else 'CompressedStorage'}"
    },
}
WHITENOISE_USE_FINDERS = USES_PLAIN_STATIC
WHITENOISE_AUTOREFRESH = USES_PLAIN_STATIC
MEDIA_ROOT = DATA_DIR / "files"
# Nightly backups: where they are written (`check --deploy` looks there), and the public keys of age that they are
# encrypted to. Whoever restores has the private key; it never comes to this machine.
BACKUP_FOLDER = env.text("BACKUP_FOLDER", default="/var/backups/planner")
BACKUP_RECIPIENTS = env.words("BACKUP_RECIPIENTS", default=[])
# Where the emergency pack of each prison is written every evening: a folder of the office, mounted here.
EMERGENCY_FOLDER = env.text("EMERGENCY_FOLDER", default="")

# Numbers for Prometheus under /metrics, for whoever sends this token (Authorization: Bearer ...); none without it.
METRICS_TOKEN = env.text("METRICS_TOKEN", default="")
if METRICS_TOKEN:
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA_DIR / "metrics"))
    (DATA_DIR / "metrics").mkdir(exist_ok=True)
    MIDDLEWARE.insert(1, "planner.operations.metrics.Measure")

# --- Languages and time -----------------------------------------------------------------------------------

USE_I18N = True
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["core.formats"]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# --- Mail and log -----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", default=f"{PRODUCT_NAME} <planner@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env.text("SMTP_HOST", default="")
EMAIL_PORT = env.number("SMTP_PORT", default=587)
EMAIL_HOST_USER = env.text("SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.flag("SMTP_TLS", default=True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST and not DEMO
    else "django.core.mail.backends.filebased.EmailBackend"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_tokens": {"()": "core.log.NoTokens"},
        "with_request": {"()": "core.web.request_log.WithRequest"},
    },
    "formatters": {
        "line": {
            "()": "core.log.Line",
            "format": "%(asctime)s %(levelname)s %(name)s:%(request_mark)s %(message)s",
        },
        "json": {"()": "core.web.request_log.JsonLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", default="line", known=("line", "json")),
            "filters": ["with_request", "no_tokens"],
        },
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # Without this Django adds a handler of its own, which would print addresses with tokens in them.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # The seals of the audit leave the machine here too, whatever the level of the rest; not those of a demo.
        "tempo.seals": {"handlers": [], "level": "ERROR" if DEMO else "WARNING", "propagate": True},
        # A line for each answer, where somebody wants it: INFO.
        "tempo.request": {
            "handlers": [],
            "level": env.text("REQUEST_LOG_LEVEL", default="WARNING"),
            "propagate": True,
        },
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}

SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS, SSL redirect and secure cookies follow BASE_URL: http on localhost is meant
    "security.W008",
    "security.W012",
    "security.W016",
    "security.W021",
]

if TESTING:
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")  # the live server serves files itself
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; only in tests
    if IS_SQLITE:
        # A file, not memory: browser and race tests reach it from threads and processes of their own.
        DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
