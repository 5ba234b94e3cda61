"""``manage.py make_bucket``: makes the artifact bucket of an S3-compatible store."""

import time
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

PATIENCE_SECONDS = 60


class Command(BaseCommand):
    """Waits for the store and makes the bucket unless it is there."""

    help = "Make the bucket named by S3_BUCKET, waiting for its store to answer."

    def handle(self, *args: Any, **options: Any) -> None:
        storage = storages["artifacts"]
        bucket = getattr(storage, "bucket", None)
        if bucket is None:
            self.stdout.write("Artifacts are kept in local files; there is no bucket to make.")
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._made(bucket):
            if time.monotonic() > deadline:
                raise CommandError("The store at S3_ENDPOINT_URL does not answer.")
            time.sleep(1)
        self.stdout.write(f"The bucket {bucket.name} is there.")

    def _made(self, bucket: Any) -> bool:
        try:
            bucket.create()
        except EndpointConnectionError:
            return False
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise CommandError(f"The store refused: {error}") from None
        return True
