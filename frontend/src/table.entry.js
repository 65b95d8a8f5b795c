// At the table of a meeting what is typed is sent without leaving the page, and stays on this device until it has
// arrived: a lost connection, a closed tab or an ended sign-in loses none of it. Without this each form is sent plainly.
const mode = document.querySelector("[data-table]");
const kept = (form) => `psq:typed:${location.pathname}:${form.dataset.typed}`;
const fields = (form) => [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "submit");

function value(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

function keep(form) {
  sessionStorage.setItem(kept(form), JSON.stringify(fields(form).map((field) => [field.name, field.type === "hidden" ? field.value : value(field)])));
}

function forget(form) {
  sessionStorage.removeItem(kept(form));
}

function say(form, text, lost) {
  const state = form.querySelector("[data-state]");
  state.textContent = text;
  state.classList.toggle("is-lost", Boolean(lost));
}

// What was typed here and did not arrive stands in its form again, with the marks that it was begun from.
function restore(form) {
  const found = sessionStorage.getItem(kept(form));
  if (!found) return;
  const all = fields(form);
  const before = JSON.parse(found);
  if (before.length !== all.length || before.some(([name], n) => name !== all[n].name)) return forget(form);
  all.forEach((field, n) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = before[n][1];
    else field.value = before[n][1];
  });
  const fold = form.closest("details");
  if (fold) fold.open = true;
  say(form, mode.dataset.over);
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  say(form, mode.dataset.sending);
  keep(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-table]")) {
      // Signed out, or the meeting is over: there one reads why, and what was typed waits here.
      location.assign(answer.url);
      return;
    }
    forget(form);
    show(page, new URL(answer.url).hash, form);
  } catch {
    say(form, mode.dataset.lost, true);
  } finally {
    delete form.dataset.sent;
  }
}

// The page as it stands now; what is being typed in its other forms is in them again.
function show(page, hash, sent) {
  const open = [...document.querySelectorAll("main details[open]")].map((each) => each.querySelector("form")?.dataset.typed);
  const main = document.querySelector("main");
  main.replaceChildren(...document.importNode(page.querySelector("main"), true).childNodes);
  document.title = page.title;
  const form = document.querySelector(`form[data-typed="${CSS.escape(sent.dataset.typed)}"]`);
  begin();
  for (const each of document.querySelectorAll("main details")) {
    const name = each.querySelector("form")?.dataset.typed;
    if (open.includes(name) && name !== sent.dataset.typed) each.open = true;
  }
  const wrong = document.querySelector("main [data-focus]");
  const place = wrong ?? form?.closest("li, section, details") ?? document.querySelector(hash || "main");
  if (!wrong && place) place.setAttribute("tabindex", "-1");
  place?.focus({ preventScroll: !wrong });
  if (!wrong) {
    const told = document.querySelector("main > .note[role=status] p");
    if (form && told) say(form, told.textContent);
  }
}

function begin() {
  for (const form of document.querySelectorAll("form[data-typed]")) {
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
    form.addEventListener("submit", send);
  }
}

if (mode) begin();
