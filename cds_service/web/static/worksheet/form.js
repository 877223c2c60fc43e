// The form that the service renders from the Questionnaire: what applies, what was typed before, what is wrong.

const OPERATORS = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => Number(a) > b,
  "<": (a, b) => Number(a) < b,
  ">=": (a, b) => Number(a) >= b,
  "<=": (a, b) => Number(a) <= b,
};

/** What is answered in the form, by linkId; of questions that apply alone. */
export function answersIn(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) {
    const typed = asTyped(form.elements.namedItem(name), String(value).trim());
    if (name && typed && !form.querySelector(`[data-question="${name}"]`).hidden) answers[name] = typed;
  }
  return answers;
}

// A day without its time has no value yet, and is no question left open either: the service says what is wrong with it.
function asTyped(control, value) {
  if (control.validity?.badInput) return "incomplete";
  return control.type === "datetime-local" && value ? withOffset(value) : value;
}

// The time of this machine with its offset from UTC at that moment, as FHIR wants it.
function withOffset(local) {
  const moment = new Date(local);
  const minutes = -moment.getTimezoneOffset();
  const two = (number) => String(Math.trunc(number)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, 19)}${offset}`;
}

// The same back, for the clock of this machine.
function withoutOffset(moment) {
  const instant = new Date(moment);
  if (Number.isNaN(instant.getTime())) return "";
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Say beside each moment in which time it is recorded. */
export function showOffsets(form) {
  for (const control of form.querySelectorAll("[type=datetime-local]")) {
    const says = control.parentElement.querySelector("[data-offset]");
    const show = () => (says.textContent = `UTC${withOffset(control.value || nowLocal()).slice(19)}`);
    control.addEventListener("input", show);
    show();
  }
}

const nowLocal = () => withoutOffset(Date.now());

/** Show the questions that apply, hide the others. Questions refer only to those before them. */
export function applyConditions(form) {
  for (const question of form.querySelectorAll("[data-when]")) {
    const answers = answersIn(form);
    const holding = JSON.parse(question.dataset.when).map((condition) => holds(condition, answers[condition.question]));
    question.hidden = !(question.dataset.any === "yes" ? holding.some(Boolean) : holding.every(Boolean));
  }
}

function holds({ operator, value }, answer) {
  if (operator === "exists") return (answer !== undefined) === value;
  return answer !== undefined && OPERATORS[operator](answer.replace(",", "."), value);
}

/** Keep what is typed for this window, and put it back after a reload or a new sign-in. Says whether there was any. */
export function keepDraft(form, key) {
  const { answers = {}, people = {} } = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  const restored = Object.entries(answers).filter(([name, value]) => put(form, name, value, people[value]));
  applyConditions(form);
  form.addEventListener("input", () => {
    applyConditions(form);
    sessionStorage.setItem(key, JSON.stringify({ answers: answersIn(form), people: chosenPeople(form) }));
  });
  return restored.length > 0;
}

// Whoever was found in the directory is not on the page when it is shown again: the name is kept with the answer.
function chosenPeople(form) {
  const chosen = [...form.querySelectorAll(".people input:checked")];
  return Object.fromEntries(chosen.map((radio) => [radio.value, radio.closest("label").textContent.trim()]));
}

function put(form, name, value, person) {
  const control = form.elements.namedItem(name);
  if (!control) return false;
  const isListed = !(control instanceof RadioNodeList) || [...control].some((radio) => radio.value === value);
  if (!isListed && !person) return false;
  if (!isListed) addPerson(control[0].closest("label"), value, person);
  form.elements.namedItem(name).value = control.type === "datetime-local" ? withoutOffset(value) : value;
  return true;
}

function addPerson(beside, value, person) {
  const label = beside.cloneNode(true);
  label.querySelector("input").value = value;
  label.querySelector("span").textContent = person;
  beside.after(label);
}

/** Put each problem beside its question, list them above the form, and lead there. */
export function showProblems(form, problems) {
  clearProblems(form);
  const summary = form.querySelector("[data-problems]");
  const title = Object.assign(document.createElement("strong"), { className: "notice__title", textContent: "Not saved yet" });
  const list = document.createElement("ul");
  for (const [name, says] of Object.entries(problems)) list.append(problemItem(form, name, says));
  summary.replaceChildren(title, list);
  summary.hidden = false;
  summary.focus();
}

function problemItem(form, name, says) {
  const item = document.createElement("li");
  const question = form.querySelector(`[data-question="${name}"]`);
  if (!question) {
    item.textContent = says;
    return item;
  }
  question.classList.add("field--wrong");
  const error = question.querySelector(".field__error");
  error.textContent = says;
  error.hidden = false;
  const controls = question.querySelectorAll(`[name="${name}"]`);
  controls.forEach((control) => control.setAttribute("aria-invalid", "true"));
  const link = document.createElement("a");
  link.href = "#";
  const asked = question.querySelector("label, legend").firstChild.textContent.trim();
  link.textContent = `${asked}${asked.endsWith("?") ? "" : ":"} ${says}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    controls[0].focus();
  });
  item.append(link);
  return item;
}

export function clearProblems(form) {
  form.querySelector("[data-problems]").hidden = true;
  form.querySelector("[data-trouble]").replaceChildren();
  form.querySelectorAll(".field--wrong").forEach((question) => question.classList.remove("field--wrong"));
  form.querySelectorAll(".field__error").forEach((error) => (error.hidden = true));
  form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
}
