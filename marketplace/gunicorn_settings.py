"""gunicorn's settings, the same for `make run` and for containers."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "24"))
# A worker thread may wait long for a model; gthread's heartbeat is not bound to requests.
timeout = 60
graceful_timeout = 20
keepalive = 65
max_requests = 0
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
limit_request_line = 8190
