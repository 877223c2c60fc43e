"""How gunicorn serves the service, in the container and in the benchmark.

CDS_HOST, CDS_PORT and WEB_CONCURRENCY are the
three settings a site may want to change; everything else is a decision, with its reason.
"""

import gc
import os

import gunicorn.http.wsgi

_host = os.environ.get("CDS_HOST", "127.0.0.1")
_port = os.environ.get("CDS_PORT", "8080")

wsgi_app = "cds_service.app:create_app()"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"

# Threads, because a call may wait for the EHR's FHIR server; two processes, because reading a chart is work.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4

# Loaded once, then forked: the workers share the FHIR models and the terminology, and start at once.
preload_app = True

# A call under way is finished before a worker goes.
graceful_timeout = 30

# A proxy or an EHR keeps its connection for the next order instead of shaking hands anew.
keepalive = 15

# The workers' sign of life is a file: in memory, where touching it never waits for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# No second way in. gunicorn would otherwise listen for commands on a socket in the home directory.
control_socket_disable = True

# No access log: the service logs its own calls, by id, and knows what must not be written.
accesslog = None

# gunicorn has no setting for the Server header, and a second one from the application would stand beside it.
gunicorn.http.wsgi.SERVER = "kresladi-cds"


def pre_fork(server: object, worker: object) -> None:  # noqa: ARG001 - gunicorn calls it with both, by position
    """Keep the garbage collector off what was loaded: its visits would copy the pages that workers share."""
    gc.freeze()
