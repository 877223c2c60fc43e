# The service alone, for production: gunicorn, a numeric user without rights, no build tools, no secrets.
# Settings come from the environment (see README.md); CDS_CLIENTS_FILE names a file to be mounted. See docs/deploy.md.

# What the pages use from npm: one built file and its licence, by the hash in the lock.
FROM node:22-slim AS vendor
COPY vendored /vendored
RUN npm ci --prefix /vendored --ignore-scripts

FROM python:3.12-slim AS build
COPY requirements.txt /build/
# Into an environment of its own, without a pip in it, so that the next stage can copy just that.
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv install --no-cache-dir --require-hashes -r /build/requirements.txt
# Compiled here, because the user below may not write there; readable, whatever the clone's file modes were.
COPY cds_service /app/cds_service
COPY --from=vendor /vendored/node_modules/fhirclient/build/fhir-client.pure.min.js \
    /app/cds_service/web/static/vendor/fhirclient/fhir-client.js
COPY --from=vendor /vendored/node_modules/fhirclient/LICENSE \
    /vendored/node_modules/fhirclient/build/fhir-client.pure.min.js.LICENSE.txt \
    /app/cds_service/web/static/vendor/fhirclient/
# The stories of the try-it page (CDS_TRY_IT): beside the package, where it looks for them.
COPY sample_bundles /app/sample_bundles
RUN /opt/venv/bin/python -m compileall -q /app/cds_service && chmod -R a+rX /app

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# The one folder that the user may write to; a new volume takes its owner over. With PostgreSQL it stays empty.
# The workers' figures need none: gunicorn_conf.py makes their folder in memory, anew at each start.
RUN install -d -o 10001 -g 10001 -m 0700 /data
VOLUME /data
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CDS_HOST=0.0.0.0 \
    CDS_PORT=8080 \
    CDS_DATABASE_URL=sqlite:////data/kresladi-cds.sqlite3
USER 10001:10001
EXPOSE 8080
# Alive, not ready: while the store is down the service still evaluates, and to restart it would help nobody.
# Asks without a proxy, whatever the environment says; any answer but a 2xx or none in time is an error.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["python", "-c", "import os, urllib.request as r; \
r.build_opener(r.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"CDS_PORT\"]}/health/live', timeout=2)"]
# Not gunicorn itself: what is wrong with the configuration is then said in a line, by the name of the variable.
CMD ["python", "-m", "cds_service", "serve"]
