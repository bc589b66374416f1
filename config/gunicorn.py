"""How gunicorn serves the product: threads, so that database connections persist."""

import os
from typing import Any

from config.processes import die_with_parent

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190
# A worker is renewed now and then, at different moments, so that a slow leak never adds up.
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True


def post_fork(_server: Any, _worker: Any) -> None:
    die_with_parent()
