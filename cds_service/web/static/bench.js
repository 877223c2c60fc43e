// Sends the forms of the bench without leaving the page. Each form works by itself too; here what is open stays open,
// the reader is told what came back, and nothing typed is lost while the service cannot be reached.

const UNREACHABLE = "The service could not be reached. Nothing you typed is lost; try again.";

async function answerTo(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  const answer = await fetch(form.action, { method: "POST", body: fields });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function notice(text) {
  const box = document.createElement("p");
  box.className = "notice notice--critical";
  box.textContent = text;
  return box;
}

function openIds() {
  return [...document.querySelectorAll("#request-json[open], .bench__wire details[open]")].map((each) => each.id);
}

async function run(form, submitter) {
  const bench = document.getElementById("bench");
  const open = openIds();
  bench.setAttribute("aria-busy", "true");
  try {
    const page = await answerTo(form, submitter);
    const made = page.getElementById("bench");
    if (!made) throw new Error("no bench");
    bench.replaceChildren(...made.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  } catch {
    document.getElementById("results").replaceChildren(notice(UNREACHABLE));
  }
  bench.removeAttribute("aria-busy");
  const results = document.getElementById("results");
  results.focus({ preventScroll: true });
  if (results.getBoundingClientRect().top > window.innerHeight / 2) results.scrollIntoView();
  tell(results);
}

function tell(results) {
  const said = [...results.querySelectorAll(".notice__title, .card__summary, .empty__title")];
  document.getElementById("announce").textContent = said.map((each) => each.textContent).join(". ");
}

async function say(form, submitter) {
  const place = document.getElementById(form.dataset.saidIn);
  try {
    const said = (await answerTo(form, submitter)).getElementById("said");
    if (!said) throw new Error("nothing said");
    place.replaceChildren(...said.childNodes);
    form.closest("details")?.removeAttribute("open");
  } catch {
    place.replaceChildren(notice(UNREACHABLE));
  }
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("bench" in form.dataset || "saidIn" in form.dataset)) return;
  event.preventDefault();
  ("bench" in form.dataset ? run : say)(form, event.submitter);
});
