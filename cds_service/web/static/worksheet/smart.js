// Signing in, by npm's fhirclient (the global FHIR), and what this window remembers: nothing outlives the window.

const SERVER = "kresladi-worksheet.server";
const IN_VIEW = "kresladi-worksheet.in-view";

/** Something in the way; `state` is the name of the page's template that says what. */
export class Trouble extends Error {
  constructor(state) {
    super(state);
    this.state = state;
  }
}

export const worksheet = document.getElementById("worksheet");

/** Leave for the EHR's sign-in. Never returns where it succeeds. */
export async function launch() {
  const query = new URLSearchParams(location.search);
  sessionStorage.setItem(SERVER, query.get("iss"));
  const { clientId, scope, relay } = worksheet.dataset;
  let address;
  try {
    address = await FHIR.oauth2.authorize({
      clientId,
      scope: `${scope} ${query.has("launch") ? "launch" : "launch/patient"}`,
      stateKey: crypto.randomUUID(), // fhirclient's own would come from Math.random
      redirectUri: new URL("/worksheet", location.href).href,
      pkceMode: "required",
      completeInTarget: true,
      noRedirect: true,
    });
  } catch (error) {
    throw new Trouble(/PKCE/.test(error.message) ? "cannot-sign-in" : "server-down");
  }
  relayToken(query.get("iss"), relay === "always");
  location.replace(address);
}

// A confidential client's secret stays with our service, and a token endpoint on another host is none that this page
// may speak to. In both cases the service makes the exchange: fhirclient is told that its address is the endpoint's.
function relayToken(server, always) {
  const key = JSON.parse(sessionStorage.getItem("SMART_KEY"));
  const state = JSON.parse(sessionStorage.getItem(key));
  if (!state.tokenUri) throw new Trouble("cannot-sign-in");
  if (always || new URL(state.tokenUri).origin !== new URL(server).origin) {
    state.tokenUri = new URL(`/worksheet/token?iss=${encodeURIComponent(server)}`, location.href).href;
    sessionStorage.setItem(key, JSON.stringify(state));
  }
}

/** The signed-in client, and what our service has to know of the session. Throws Trouble. */
export async function signedIn() {
  const client = await ready();
  const { access_token: token, patient, encounter } = client.state.tokenResponse;
  if (!token) throw new Trouble("no-session");
  if (!patient) throw new Trouble("no-patient");
  const user = client.getFhirUser() ?? "";
  const session = { server: client.state.serverUrl, token, patient, user, encounter: encounter ?? "" };
  return { client, session: { ...session, ...inView(client.state, patient) } };
}

async function ready() {
  const query = new URLSearchParams(location.search);
  const refused = query.get("error");
  if (refused) {
    history.replaceState({}, "", location.pathname);
    throw new Trouble(refused === "access_denied" ? "access-denied" : "launch-failed");
  }
  const state = query.get("state") ?? JSON.parse(sessionStorage.getItem("SMART_KEY") ?? "null");
  if (!state || sessionStorage.getItem(state) === null) {
    history.replaceState({}, "", location.pathname);
    throw new Trouble(query.has("state") ? "session-lost" : "no-session");
  }
  try {
    return await FHIR.oauth2.ready();
  } catch {
    throw new Trouble("sign-in-failed");
  }
}

// The order, and the questionnaire to answer: as chosen here since the sign-in; or as the EHR names them; or as they were
// in view for this patient before.
function inView({ key, tokenResponse }, patient) {
  const kept = JSON.parse(sessionStorage.getItem(IN_VIEW) ?? "{}");
  const isKept = kept.patient === patient;
  const named = isKept && kept.chosenIn === key ? null : namedIn(tokenResponse);
  if (named) sessionStorage.setItem(IN_VIEW, JSON.stringify({ patient, ...named }));
  const { order = "", questionnaire = "" } = named ?? (isKept ? kept : {});
  return { order, questionnaire };
}

// As the card's link named them, or as the EHR says what is open; null where neither does.
function namedIn({ appContext, fhirContext }) {
  const context = contextOf(appContext);
  const [named, questionnaire, hook] = ["order", "questionnaire", "hook"].map((name) => textIn(context, name));
  const orders = (Array.isArray(fhirContext) ? fhirContext : []).map(({ reference }) => String(reference));
  const open = orders.find((each) => /^(MedicationRequest|ServiceRequest)\//.test(each));
  const order = named || open || "";
  return order || questionnaire || hook ? { order, questionnaire } : null;
}

const textIn = (context, name) => (typeof context[name] === "string" ? context[name] : "");

function contextOf(appContext) {
  try {
    return JSON.parse(appContext) ?? {};
  } catch {
    return {}; // none, or another app's that is no JSON
  }
}

/** Keep the choice of an order for this sign-in. */
export function chooseOrder(client, patient, order) {
  sessionStorage.setItem(IN_VIEW, JSON.stringify({ patient, order, chosenIn: client.state.key }));
}

/** Ask our service. Throws Trouble; answers of the statuses in `also` are returned like a good one. */
export async function ask(path, session, more = {}, also = []) {
  let answer;
  try {
    const headers = { "Content-Type": "application/json" };
    answer = await fetch(path, { method: "POST", headers, body: JSON.stringify({ ...session, ...more }) });
  } catch {
    throw new Trouble("service-down");
  }
  if (answer.ok || also.includes(answer.status)) return answer;
  throw new Trouble({ 401: "session-over", 403: "server-not-allowed", 502: "server-down" }[answer.status] ?? "service-down");
}

/** A fragment of HTML that our own service rendered, as nodes. Scripts in it would not run. */
export async function nodesOf(answer) {
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...parsed.body.childNodes];
}

/** What the page says to a trouble, as an element: with a way to sign in again where that may help. */
export function saying(state) {
  const said = document.getElementById(`state-${state}`).content.firstElementChild.cloneNode(true);
  const server = sessionStorage.getItem(SERVER);
  const again = said.querySelector("[data-again]");
  if (again && server) {
    again.hidden = false;
    again.querySelector("a").href = `/worksheet/launch?iss=${encodeURIComponent(server)}`;
    said.querySelector("[data-servers]")?.remove();
  }
  said.querySelector("[data-do=retry]")?.addEventListener("click", () => location.reload());
  return said;
}

/** Run a page; where something is in its way, say so in its place. */
export async function run(page) {
  try {
    await page();
  } catch (trouble) {
    const said = saying(trouble instanceof Trouble ? trouble.state : "service-down");
    worksheet.replaceChildren(said);
    document.title = `${said.querySelector("h1").textContent} – Kresladi CDS`;
    said.focus();
  }
}
