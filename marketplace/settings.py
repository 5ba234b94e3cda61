"""All settings. The environment is read here and nowhere else, by typed readers that
refuse to start with a message saying which variable is wrong and what would be right."""

from decimal import Decimal
from pathlib import Path

from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

from marketplace.configuration import (
    broker_settings,
    cache_settings,
    database_settings,
    is_collected,
    read_secret_key,
    storage_settings,
)

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

try:
    DATA_DIR = Path(env.str("STOA_DATA_DIR", str(BASE_DIR / "var"))).resolve()
    DEBUG = env.bool("DEBUG", False)
    SECRET_KEY = read_secret_key(env, DATA_DIR)
    SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    SITE_NAME = env.str("SITE_NAME", "Stoa")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
    CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
    DATABASES = database_settings(env, DATA_DIR)
    STORAGES = storage_settings(env, DATA_DIR)
    CACHES = cache_settings(env)
    BROKER = broker_settings(env, DATA_DIR)
    # Which door this process is: "web" answers everything, "gateway" only the API.
    ENTRANCE = env.str("STOA_ENTRANCE", "web", validate=validate.OneOf(["web", "gateway"]))
    # How models run: "embedded" in this process, or "workers" in Celery workers.
    STOA_ENGINE = env.str(
        "STOA_ENGINE", "embedded", validate=validate.OneOf(["embedded", "workers"])
    )
    STOA_DEVICE = env.str("STOA_DEVICE", "auto", validate=validate.OneOf(["auto", "cpu", "cuda"]))
    # Memory for resident models in one process; the least recently used leave first.
    STOA_ENGINE_MEMORY_MB = env.int("STOA_ENGINE_MEMORY_MB", 900)
    # Disk for the checked copies of versions; those used least recently leave first.
    STOA_VERSION_CACHE_MB = env.int("STOA_VERSION_CACHE_MB", 20_000)
    STOA_ENGINE_THREADS = env.int("STOA_ENGINE_THREADS", 1)
    # Longest time a call may take, and how long a silent worker keeps its claim.
    STOA_PREDICTION_TIMEOUT_SECONDS = env.int("STOA_PREDICTION_TIMEOUT_SECONDS", 120)
    STOA_LEASE_SECONDS = env.int("STOA_LEASE_SECONDS", 30)
    STOA_SIGNING_KEY_FILE = Path(
        env.str("STOA_SIGNING_KEY_FILE", str(DATA_DIR / "keys" / "operator.pem"))
    )
    # Test money given to a new organization, in major units of the currency.
    STOA_WELCOME_CREDIT = env.decimal("STOA_WELCOME_CREDIT", Decimal(10))
    STOA_CURRENCY = env.str(
        "STOA_CURRENCY", "USD", validate=validate.OneOf(["USD", "EUR", "GBP", "CHF"])
    )
    # Webhooks only reach public addresses; a developer may allow loopback for a try-out.
    STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES", False)
    STOA_RATE_LIMIT_PER_MINUTE = env.int("STOA_RATE_LIMIT_PER_MINUTE", 6000)
    STOA_UPLOAD_MAX_BYTES = env.int("STOA_UPLOAD_MAX_BYTES", 20 * 1024**3)
    # How many reverse proxies stand in front; the caller's address is taken from the last of them.
    STOA_TRUSTED_PROXIES = env.int("STOA_TRUSTED_PROXIES", 0)
    EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console:")
    SECURE_COOKIES = env.bool("SECURE_COOKIES", SITE_URL.startswith("https://"))
except (EnvError, ValueError) as error:
    raise ImproperlyConfigured(f"The environment is not usable: {error}") from error


INSTALLED_APPS = [
    "accounts",
    "catalog",
    "billing",
    "inference",
    "governance",
    "authoring",
    "marketplace.core",
    "marketplace.storefront",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "marketplace.core.middleware.RequestIdMiddleware",
    "marketplace.core.middleware.StrictRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionActivityMiddleware",
    "accounts.middleware.ActiveOrganizationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "marketplace.core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "marketplace.urls" if ENTRANCE == "web" else "marketplace.gateway_urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

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
                "marketplace.core.context.site",
                "accounts.context.account",
            ],
            "builtins": ["django.templatetags.static", "marketplace.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024**2
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not is_collected(env)
WHITENOISE_MANIFEST_STRICT = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Where real mail is set up, an address is proved before it signs in.
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "STOA_EMAIL_VERIFICATION", "mandatory" if env.str("EMAIL_URL", "") else "optional"
)
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 1800
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
USERSESSIONS_TRACK_ACTIVITY = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/schema/"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Stoa <stoa@localhost>")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.auth.ApiKeyAuthentication",
        "accounts.auth.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.core.json_body.StrictJsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "marketplace.core.pagination.ByNewest",
    "DEFAULT_SCHEMA_CLASS": "marketplace.core.openapi.ProblemAutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "marketplace.core.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stoa API",
    "DESCRIPTION": "Find models, buy access, call them, and see what every call cost.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PermissionEnum": "accounts.types.KEY_SCOPES",
        "PlanKindEnum": "billing.models.PlanKind",
        "GrantKindEnum": "billing.models.GrantKind",
        "KeyStateEnum": "accounts.serializers.KEY_STATES",
        "ListingStateEnum": "catalog.models.ListingState",
        "VersionStateEnum": "catalog.models.VersionState",
        "SubscriptionStateEnum": "billing.models.EntitlementState",
        "UsageGroupEnum": "billing.selectors.usage.GROUPS",
        "PredictionStatusEnum": "inference.models.PredictionStatus",
        "WebhookEventEnum": "inference.types.WEBHOOK_EVENTS",
        "SubmissionStateEnum": "authoring.models.SubmissionState",
        "CheckStateEnum": "authoring.models.CheckState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.core.openapi.add_common_headers",
    ],
}

CELERY_BROKER_URL = BROKER.url
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER.transport_options
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = ["marketplace.core.tasks.route"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
