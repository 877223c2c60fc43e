"""The yardstick F: the least that a Flask service in Python can do with a hook request.

It parses the body with the fastest parser there is, looks at nothing, and has no cards.
"""

from __future__ import annotations

import orjson
from flask import Flask, request

app = Flask(__name__)


@app.post("/cds-services/<service>")
def no_cards(service: str) -> dict[str, list[object]]:  # noqa: ARG001 - Flask passes it by name
    """Parse, and answer with no cards."""
    orjson.loads(request.get_data())
    return {"cards": []}
