"""Gets the files of a model from an S3 prefix."""

from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from marketplace.core.errors import DomainError, FieldProblem, InvalidInput

MOST_FILES = 256
MOST_BYTES = 64 << 30


class PrefixUnreadable(DomainError):
    """The store refused, or does not answer."""

    code = "storefront.prefix_unreadable"
    status = 502
    title = "The objects cannot be read"
    message = "{address} cannot be read: {reason}"


def fetch_prefix(address: str, target: Path, *, client: Any = None) -> Path:
    """Copy the objects directly under ``s3://BUCKET/PREFIX`` into ``target``.

    Uses the store of the S3_* variables. Raises ``InvalidInput`` for another kind of
    address, and ``PrefixUnreadable``.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise InvalidInput([FieldProblem("s3", f"{address!r} is not like s3://bucket/prefix.")])
    prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
    try:
        return _copy(client or _client(), parts.netloc, prefix, target)
    except (BotoCoreError, ClientError) as error:
        raise PrefixUnreadable(address=address, reason=str(error)) from None


def _client() -> Any:
    options = settings.STORAGES["artifacts"].get("OPTIONS", {})
    return boto3.client(
        "s3",
        endpoint_url=options.get("endpoint_url"),
        aws_access_key_id=options.get("access_key"),
        aws_secret_access_key=options.get("secret_key"),
        region_name=options.get("region_name"),
    )


def _copy(client: Any, bucket: str, prefix: str, target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    found = [row for page in pages for row in page.get("Contents", ())]
    files = [row for row in found if "/" not in row["Key"].removeprefix(prefix)]
    if not files:
        raise PrefixUnreadable(address=f"s3://{bucket}/{prefix}", reason="there are no objects")
    if len(files) > MOST_FILES or sum(row["Size"] for row in files) > MOST_BYTES:
        raise PrefixUnreadable(address=f"s3://{bucket}/{prefix}", reason="there is too much")
    for row in files:
        client.download_file(bucket, row["Key"], str(target / PurePosixPath(row["Key"]).name))
    return target
