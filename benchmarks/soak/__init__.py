"""The service under load, and then while things around it fail. `make soak` runs it.

Sixteen clients call two gunicorn workers over one PostgreSQL. First nothing is broken, for SOAK_SECONDS (60) without a
break: that is held against the yardstick, under the same load in the same run. Then, for SOAK_FAULT_SECONDS (60) and
still under load, workers are killed, PostgreSQL is stopped, crashed and frozen, FHIR servers hang, drip, truncate and
send too much; at the end the service is told to go with calls in flight.

All of that twice, because the two ways to run the service promise different things while its store is down: one service
that answers none but its clients, and one that answers anybody.

Figures are printed, whatever they are. Only a wrong or a lost answer makes it fail.

- `served`: an application under gunicorn, with the means to kill its workers and to end it;
- `ehr`: FHIR servers that misbehave, each in its own way;
- `clients`: who calls, with what, and whether an answer is right;
- `faults`: what is done to the service, and when;
- `verdict`: what the calls show, once it is known what was done when;
- `stage`: one service, from its start to its end;
- `__main__`: the run; `report`: what is printed.
"""
