// A search box that proposes places while one types: ARIA 1.2 combobox with a list, for keyboard, mouse and touch.
let made = 0;

export function combobox(input, url, choose) {
  made += 1;
  const list = document.createElement("ul");
  const state = document.createElement("p");
  list.className = "combo";
  list.id = `places-${made}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  state.className = "visually-hidden";
  state.setAttribute("role", "status");
  input.after(list);
  input.parentElement.after(state);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");

  let places = [];
  let active = -1;
  let waiting = 0;
  let asking = null;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (index) => {
    input.value = places[index].name;
    close();
    choose(places[index]);
  };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  };
  const row = (place, index) => {
    const item = document.createElement("li");
    const detail = document.createElement("span");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = place.name;
    detail.className = "muted";
    detail.textContent = place.kind;
    item.append(detail);
    // Before the box loses the focus, which would close the list.
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => take(index));
    return item;
  };
  const show = () => {
    list.replaceChildren(...places.map(row));
    active = -1;
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(places.length > 0));
    input.removeAttribute("aria-activedescendant");
    state.textContent = places.length ? `${places.length} ${input.dataset.count}` : input.dataset.empty;
  };
  const ask = async () => {
    asking?.abort();
    if (input.value.trim().length < 2) {
      places = [];
      close();
      return;
    }
    asking = new AbortController();
    try {
      const answer = await fetch(`${url}?q=${encodeURIComponent(input.value)}`, { signal: asking.signal });
      places = answer.ok ? (await answer.json()).places : [];
      show();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        if (places.length) show();
        else ask();
      }
      if (!list.hidden) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((active + step + places.length + (active < 0 && step < 0 ? 1 : 0)) % places.length);
      }
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      take(active);
    }
  });
}
