"""How gunicorn serves the service, in the container and in the benchmark.

CDS_HOST, CDS_PORT and WEB_CONCURRENCY are the three settings a site may want to change; everything else is a decision,
with its reason.
"""

import ctypes
import gc
import os
import shutil
import tempfile
from typing import Any

import gunicorn.http.wsgi

_host = os.environ.get("CDS_HOST", "127.0.0.1")
_port = os.environ.get("CDS_PORT", "8080")

wsgi_app = "cds_service.app:create_app()"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"

# Threads, because a call may wait for the EHR's FHIR server; two processes, because reading a chart is work.
worker_class = "cds_service.slow_clients.Worker"
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

# Each worker keeps its figures in a file of this folder, and whichever is asked for /metrics adds them up. It has to be
# named before the application is loaded.
_own_metrics = "" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else tempfile.mkdtemp("", "kresladi-", worker_tmp_dir)
if _own_metrics:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_metrics

# No second way in. gunicorn would otherwise listen for commands on a socket in the home directory.
control_socket_disable = True

# No access log: the service logs its own calls, by id, and knows what must not be written.
accesslog = None

# gunicorn has no setting for the Server header, and a second one from the application would stand beside it.
gunicorn.http.wsgi.SERVER = "kresladi-cds"  # type: ignore[attr-defined]  # the stubs leave it out


# glibc's names for what mallopt sets (malloc.h).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_MEMORY = 32 << 20
"""Bytes: more than the largest body, and as much as glibc takes for the second."""


def pre_fork(server: object, worker: object) -> None:  # noqa: ARG001 - gunicorn calls it with both, by position
    """Keep the garbage collector off what was loaded: its visits would copy the pages that workers share."""
    gc.freeze()


def post_fork(server: object, worker: object) -> None:  # noqa: ARG001 - gunicorn calls it with both, by position
    """Keep the memory of a call for the next one: to give a chart's megabytes back each time, only to ask for them
    again, is a tenth of the call. Where the C library is not glibc, nothing is changed."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _KEPT_MEMORY)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_MEMORY)


def child_exit(server: object, worker: Any) -> None:  # noqa: ARG001 - gunicorn calls it with both, by position
    """A worker that is gone has no figures of the moment any more; its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - not before the folder is named

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: object) -> None:  # noqa: ARG001 - gunicorn calls it with the arbiter
    """Take the folder of figures away, where it is ours."""
    if _own_metrics:
        shutil.rmtree(_own_metrics, ignore_errors=True)
