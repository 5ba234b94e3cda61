"""Readers of the environment that are longer than a line."""

import hashlib
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environs import Env, EnvError

LONGEST_SOCKET_PATH = 100
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


@dataclass(frozen=True, slots=True)
class Broker:
    """Where Celery's messages go."""

    url: str
    transport_options: dict[str, Any] = field(default_factory=dict)


def read_secret_key(env: Env, data_dir: Path) -> str:
    """Return SECRET_KEY; on the embedded database, a key kept in the data folder will do."""
    given = str(env.str("SECRET_KEY", ""))
    if given:
        return given
    if env.str("DATABASE_URL", ""):
        raise EnvError("SECRET_KEY is not set; give a random string of 50 characters or more")
    kept = data_dir / "keys" / "secret_key"
    if kept.exists():
        return kept.read_text().strip()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


def database_settings(env: Env, data_dir: Path) -> dict[str, Any]:
    """Return DATABASES: PostgreSQL by DATABASE_URL, else SQLite in the data folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = env.dj_db_url("DATABASE_URL", f"sqlite:///{data_dir / 'stoa.sqlite3'}")
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "init_command": SQLITE_START,
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    elif database["ENGINE"].endswith("postgresql"):
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    else:
        raise EnvError("DATABASE_URL must be a sqlite:// or postgres:// address")
    return {"default": database}


def storage_settings(env: Env, data_dir: Path) -> dict[str, Any]:
    """Return STORAGES: artifacts in S3 when S3_BUCKET is set, else in the data folder."""
    static = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if is_collected(env):
        static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    return {
        "default": _place(env, data_dir, "files"),
        "artifacts": _place(env, data_dir, "artifacts"),
        "staticfiles": {"BACKEND": static},
    }


def is_collected(env: Env) -> bool:
    """Tell whether static files are served hashed and compressed, after ``collectstatic``.

    So they are beside a database server; embedded, they are served where they lie.
    """
    return bool(env.bool("COLLECTED_STATIC", bool(env.str("DATABASE_URL", ""))))


def _place(env: Env, data_dir: Path, name: str) -> dict[str, Any]:
    bucket = env.str("S3_BUCKET", "")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(data_dir / name)},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": name,
            "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", "") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", "") or None,
            "region_name": env.str("S3_REGION", "us-east-1"),
            "addressing_style": env.str("S3_ADDRESSING_STYLE", "path"),
            "file_overwrite": True,
            "default_acl": None,
        },
    }


def cache_settings(env: Env) -> dict[str, Any]:
    """Return CACHES: Redis or Valkey by CACHE_URL, else this process's memory."""
    url = str(env.str("CACHE_URL", ""))
    if not url:
        return {
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                "OPTIONS": {"MAX_ENTRIES": 100_000},
            }
        }
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise EnvError("CACHE_URL must be a redis://, rediss:// or unix:// address")
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}


def broker_settings(env: Env, data_dir: Path) -> Broker:
    """Return the broker: BROKER_URL, else the embedded one that ``make run`` starts."""
    url = str(env.str("BROKER_URL", "")) or f"redis+socket://{broker_socket(data_dir)}"
    if url.startswith("redis"):
        return Broker(url, {"visibility_timeout": 3600})
    if url.startswith("filesystem"):
        folder = str(data_dir / "queue")
        return Broker(url, {"data_folder_in": folder, "data_folder_out": folder})
    if url.startswith(("amqp", "memory")):
        return Broker(url)
    raise EnvError("BROKER_URL must be redis://, rediss://, amqp://, amqps:// or memory://")


def broker_socket(data_dir: Path) -> Path:
    """Return the embedded broker's socket; a path too long for one moves to the temp folder."""
    path = data_dir / "run" / "broker.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"stoa-{name}" / "broker.sock"
