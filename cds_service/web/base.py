"""What all pages share: their files, their headers, and errors that a person can read.

`furnish` the application once; then each part of the site is a blueprint that `pages` makes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask import Blueprint, Flask, Response, make_response, render_template, request, send_from_directory, url_for
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from cds_service.audit import current
from cds_service.defects import log_defect
from cds_service.errors import RequestError
from cds_service.wording import problems

STATIC, TEMPLATES = Path(__file__).parent / "static", Path(__file__).parent / "templates"
A_YEAR = 365 * 24 * 60 * 60

_OWN = "'self'"
_CLOSED = {
    "default-src": ("'none'",),
    "script-src": (_OWN,),
    "style-src": (_OWN,),
    "img-src": (_OWN,),
    "connect-src": (_OWN,),
    "form-action": (_OWN,),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
}
"""Our own files and our own addresses; no inline script or style, no frames, nobody else's host."""


def content_policy(**more: Iterable[str]) -> str:
    """The Content-Security-Policy of a page. `connect_src=("https://ehr.example",)` adds to a directive.

    Sources that are added take the place of `'none'`.
    """
    allowed: dict[str, tuple[str, ...]] = dict(_CLOSED)
    for name, sources in more.items():
        directive = name.replace("_", "-")
        kept = tuple(each for each in allowed.get(directive, ()) if each != "'none'")
        allowed[directive] = (*kept, *sources) or ("'none'",)
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in allowed.items())


def furnish(app: Flask) -> None:
    """Give the application the pages' files, and their templates what they may use.

    Files lie under `/static/<digest of all of them>/`: what is there never changes, so browsers keep it for a year,
    and modules find each other by relative paths.
    """
    version = _digest(STATIC)

    @app.get("/static/<given>/<path:name>", endpoint="static-file")
    def file(given: str, name: str) -> Response:
        current_release = given == version
        found = send_from_directory(STATIC, name, max_age=A_YEAR if current_release else 0)
        found.cache_control.public = True
        if current_release:
            found.cache_control.immutable = True
        return found

    def static(name: str) -> str:
        return url_for("static-file", given=version, name=name)

    def offers(part: str) -> bool:
        return part in app.blueprints

    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"static": static, "offers": offers}


def pages(name: str, **policy: Iterable[str]) -> Blueprint:
    """A blueprint for pages: the content policy on each answer, errors as pages, and forms from no other site.

    `policy` adds to the content policy's directives, as in `content_policy`.
    """
    part = Blueprint(name, __name__, template_folder="templates")
    header = content_policy(**policy)

    @part.before_request
    def refuse_other_sites() -> Response | None:
        return error_page(403, problems.FROM_ELSEWHERE) if _is_sent_by_another_site() else None

    @part.after_request
    def close(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", header)
        return answer

    part.errorhandler(RequestError)(_refused)
    part.errorhandler(HTTPException)(_refused_by_http)
    part.errorhandler(Exception)(_failed)
    return part


def error_page(status: int, says: problems.Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A page that says what happened and what to do, with the id under which the log has it."""
    answer = make_response(render_template("error.html", says=says, request_id=current().request_id), status)
    answer.headers.update(headers or {})
    return answer


def _is_sent_by_another_site() -> bool:
    """Whether a browser says that another site's page sends this. What is no browser says nothing of it."""
    sender = request.headers.get("Sec-Fetch-Site", "same-origin")
    return request.method == "POST" and sender not in ("same-origin", "none")


def _refused(error: RequestError) -> Response:
    return error_page(error.status, problems.of_status(error.status))


def _refused_by_http(error: HTTPException) -> Response:
    status = error.code or 500
    return error_page(status, problems.of_status(status))


def _failed(error: Exception) -> Response:
    log_defect(error, current().request_id)
    return error_page(500, problems.of_status(500))


def _digest(folder: Path) -> str:
    """A name for exactly these files."""
    seen = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        seen.update(f"{file.relative_to(folder)}\0".encode())
        seen.update(hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()[:16]
