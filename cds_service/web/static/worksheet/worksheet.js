// The worksheet: the chart as the service shows it, the answers, and saving them to the EHR with the clinician's token.

import { answersIn, clearProblems, keepDraft, showOffsets, showProblems } from "./form.js";
import { Trouble, ask, chooseOrder, nodesOf, run, saying, signedIn, worksheet } from "./smart.js";

run(async () => {
  const { client, session } = await signedIn();
  await show(client, session);
});

async function show(client, session, more = {}) {
  worksheet.replaceChildren(...(await nodesOf(await ask("/worksheet/chart", session, more))));
  document.title = `${worksheet.querySelector("h1").textContent} – Kresladi CDS`;
  worksheet.querySelectorAll("[data-do=choose]").forEach((button) =>
    button.addEventListener("click", () => {
      chooseOrder(client, session.patient, button.dataset.order);
      run(() => show(client, { ...session, order: button.dataset.order }));
    }),
  );
  const form = document.getElementById("answers");
  if (form) prepare(form, client, session);
  worksheet.querySelector("[data-saved]")?.focus();
}

function prepare(form, client, session) {
  // Whoever signs in next in this window finds nothing of it: an attestation is nobody else's to send off.
  const { server, user, patient, questionnaire } = session;
  const key = `kresladi-worksheet.answers ${server} ${user} ${patient} ${questionnaire}`;
  form.querySelector("[data-restored]").hidden = !keepDraft(form, key);
  showOffsets(form);
  form.querySelectorAll("[data-do=find]").forEach((button) => findBy(button, session));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, client, session, key);
  });
}

// --- saving ---------------------------------------------------------------------------------------------------------

async function save(form, client, session, key) {
  const button = form.querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  clearProblems(form);
  try {
    const response = await checked(form, session);
    if (response === null) return;
    await create(client, response);
    sessionStorage.removeItem(key);
    const before = worksheet.querySelector("[data-open]").dataset.open.split(" ");
    await run(() => show(client, session, { before, saved: true }));
  } catch (trouble) {
    tell(form, trouble instanceof Trouble ? trouble.state : "service-down");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** The QuestionnaireResponse as the service made it of the answers, as text; null where it found something wrong. */
async function checked(form, session) {
  const { token: _, ...rest } = session; // to check answers, the service needs no token
  const answer = await ask("/worksheet/response", rest, { answers: answersIn(form) }, [422]);
  if (answer.status === 422) {
    showProblems(form, (await answer.json()).problems);
    return null;
  }
  return answer.text();
}

async function create(client, body) {
  const headers = { "Content-Type": "application/fhir+json" };
  try {
    await client.request({ url: "QuestionnaireResponse", method: "POST", headers, body });
  } catch (error) {
    throw new Trouble({ 401: "save-session-over", 403: "save-refused" }[error.status] ?? "save-failed");
  }
}

function tell(form, state) {
  const said = saying(state);
  form.querySelector("[data-trouble]").replaceChildren(said);
  said.focus();
}

// --- finding a clinician --------------------------------------------------------------------------------------------

function findBy(button, session) {
  const input = button.parentElement.querySelector("[data-find]");
  const search = () => find(input, session);
  button.addEventListener("click", search);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search();
  });
}

async function find(input, session) {
  const question = input.closest("[data-question]");
  const status = question.querySelector("[data-find-status]");
  const name = input.value.trim();
  if (!name) return;
  status.textContent = "Searching …";
  try {
    const nodes = await nodesOf(await ask("/worksheet/clinicians", session, { name }));
    const found = question.querySelector("[data-found]");
    const chosen = found.querySelector("input:checked")?.closest("label");
    if (chosen) found.before(chosen); // a further search does not take the answer away
    found.replaceChildren(...nodes);
    const listed = new Set([...question.querySelectorAll(".people > label input")].map((radio) => radio.value));
    for (const radio of found.querySelectorAll("input")) {
      radio.name = question.dataset.question;
      if (listed.has(radio.value)) radio.closest("label").remove();
    }
    status.textContent = found.querySelector("[data-says]").textContent;
  } catch {
    status.textContent = "The directory could not be searched just now. Try again in a minute.";
  }
}
