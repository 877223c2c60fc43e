"""Two hundred different charts at once give the two hundred answers that they give alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.charts import Resource, complete, flow, infection, lad, order, patient, quantity, request, without
from tests.ehr import SIGN, anonymous, authorized, determinations, topics_of
from tests.fhir_server import serving

NUMBER = 200
PATIENT_MEMBERS = ("subject", "patient")


def chart(number: int) -> list[Resource]:
    """A chart of its own: another patient, other values, other gaps; ids are shared by all of them."""
    changed = [
        patient(id=f"patient-{number}"),
        lad("confirmed" if number % 7 else "provisional"),
        flow("CD18", number / 50),
        infection("J15.1" if number % 3 else "L02.01"),
    ]
    kept = without(complete(), "p1", "dx", "cd18", "infection", *(["qr"] if number % 5 == 0 else []))
    whose = {"reference": f"Patient/patient-{number}"}
    return [each | ({"subject": whose} if "subject" in each else {}) for each in (*changed, *kept)]


def body(number: int) -> Resource:
    """The request about it; the dose too is its own."""
    dosed = order(
        id=f"draft-{number}",
        subject={"reference": f"Patient/patient-{number}"},
        dosageInstruction=[{"doseAndRate": [{"doseQuantity": quantity(2 + number / 100, "10*6/kg")}]}],
    )
    sent = request(chart(number), [dosed])
    sent["context"]["patientId"] = f"patient-{number}"
    return sent


def answers(app: Flask, bodies: list[Resource], at_once: int) -> list[tuple[list[Resource], list[str]]]:
    """What is said of each, so many at a time."""

    def ask(sent: Resource) -> tuple[list[Resource], list[str]]:
        answer = app.test_client().post(SIGN, json=sent)
        assert answer.status_code == 200
        return determinations(answer.get_json()), topics_of(answer.get_json())

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(ask, bodies))


@pytest.mark.parametrize("fetched", [False, True], ids=["sent", "fetched"])
def test_charts_do_not_mix(fetched: bool, tmp_path: Path) -> None:
    """Sent with the request, and fetched over shared connections."""
    bodies = [body(number) for number in range(NUMBER)]
    with serving([]) as server:
        app = anonymous(tmp_path, fhir_servers=frozenset({server.base}), fetch_deadline=30.0).application
        alone = answers(app, bodies, 1)
        if fetched:
            for number in range(NUMBER):
                server.resources += [each for each in chart(number) if each["id"] not in ("bmt", "heme")]
            server.resources += [each for each in complete() if each["id"] in ("bmt", "heme")]
            keys = ("observations", "questionnaireResponses")
            for each in bodies:
                each["prefetch"] = {key: value for key, value in each["prefetch"].items() if key not in keys}
            bodies = [authorized(each, server.base) for each in bodies]
        together = answers(app, bodies, 16)
    assert together == alone
    assert len({str(each) for each in alone}) == NUMBER
