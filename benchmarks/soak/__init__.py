"""The service under load while things around it fail. `make soak` runs it; SOAK_SECONDS (60) shortens it.

Sixteen clients call two gunicorn workers over one PostgreSQL. For the first part nothing is broken: that part is held
against the yardstick, under the same load in the same run. Then workers are killed, PostgreSQL is stopped and crashed,
FHIR servers hang, drip, truncate and send too much; at the end the service is told to go with calls in flight.

Figures are printed, whatever they are. Only a wrong or a lost answer makes it fail.

- `served`: an application under gunicorn, with the means to kill its workers and to end it;
- `ehr`: FHIR servers that misbehave, each in its own way;
- `clients`: who calls, with what, and whether an answer is right;
- `faults`: what is done to the service, and when;
- `verdict`: what the calls show, once it is known what was done when;
- `__main__`: the run and what is printed.
"""
