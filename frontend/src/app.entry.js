// Small helps of every page. Without them each page works as a plain form.
import { combobox } from "./_combobox.js";

document.querySelector("[data-focus]")?.focus();
// A link of the error summary goes to the field itself, also inside a folded part.
for (const link of document.querySelectorAll("#errors a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const fold = field.closest("details");
    if (fold) fold.open = true;
    const target = field.matches("fieldset") ? (field.querySelector("input") ?? field) : field;
    target.focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Copies what stands in another element. Where the browser refuses, the text is chosen, to be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const out = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      done = true;
    } catch {
      getSelection().selectAllChildren(source);
    }
    out.textContent = done ? button.dataset.copied : button.dataset.refused;
  });
}

for (const area of document.querySelectorAll("[data-counter]")) {
  const out = document.getElementById(area.dataset.counter);
  let said = 0;
  const count = () => {
    const left = 1000 - area.value.length;
    out.textContent = out.dataset.left.replace("%s", left);
    out.classList.toggle("is-warning", left < 50);
    // Spoken only when typing pauses, and not at each letter.
    clearTimeout(said);
    said = setTimeout(() => out.setAttribute("aria-live", left < 100 ? "polite" : "off"), 800);
  };
  area.addEventListener("input", count);
  count();
}

for (const menu of document.querySelectorAll("[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// A second click while the first is on its way sends nothing more; the server counts one in any case.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

for (const form of document.querySelectorAll("form[data-who]")) {
  const fields = Object.fromEntries([...form.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, field]));
  const search = form.querySelector("[data-combobox]");
  combobox(search, form.dataset.places, (place) => {
    for (const [name, value] of [["place", place.name], ["lat", place.lat], ["lon", place.lon]]) {
      fields[name].disabled = false;
      fields[name].value = value;
    }
    form.requestSubmit();
  });
  search.addEventListener("input", () => Object.values(fields).forEach((field) => (field.disabled = true)));
}

for (const form of document.querySelectorAll("form[data-filters]")) {
  form.addEventListener("submit", () => {
    // The address says only what is asked, so that it can be passed on.
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}

// A box that ticks all others of its form, and shows when some are.
for (const all of document.querySelectorAll("[data-all]")) {
  const boxes = [...(all.closest("form")?.querySelectorAll("input[name='reference']") ?? [])];
  if (!boxes.length) continue;
  const main = all.querySelector("input");
  all.hidden = false;
  main.addEventListener("change", () => boxes.forEach((box) => (box.checked = main.checked)));
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const ticked = boxes.filter((each) => each.checked).length;
      main.checked = ticked === boxes.length;
      main.indeterminate = ticked > 0 && ticked < boxes.length;
    });
  }
}

// On a phone the list or the map: which one is kept while one goes from page to page.
for (const tabs of document.querySelectorAll("[data-tabs]")) {
  const part = document.querySelector("[data-tabbed]");
  const buttons = [...tabs.querySelectorAll("[data-show]")];
  const show = (name) => {
    part.dataset.show = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === name));
    window.dispatchEvent(new Event("psq:shown"));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show));
  tabs.hidden = false;
  show("list");
}
