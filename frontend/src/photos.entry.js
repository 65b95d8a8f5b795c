// Step 2 of a report: what was chosen is shown before it is sent. Without this the server shows it after.
for (const field of document.querySelectorAll("[data-photos]")) {
  const out = document.getElementById(field.dataset.photos);
  let shown = [];
  const paragraph = (text, warns) => {
    const line = document.createElement("p");
    line.textContent = text;
    line.className = warns ? "small is-warning" : "small";
    out.append(line);
  };
  field.addEventListener("change", () => {
    shown.forEach((address) => URL.revokeObjectURL(address));
    shown = [];
    out.replaceChildren();
    const files = [...field.files];
    if (!files.length) return;
    paragraph(field.dataset.chosen.replace("%s", files.map((file) => file.name).join(", ")), false);
    for (const file of files) if (file.size > Number(field.dataset.bytes)) paragraph(field.dataset.large.replace("%s", file.name), true);
    if (files.length > Number(field.dataset.room)) paragraph(field.dataset.many, true);
    for (const file of files.slice(0, Number(field.dataset.room))) {
      const image = document.createElement("img");
      image.alt = "";
      // What this browser cannot draw (HEIC) is told by its name above.
      image.addEventListener("error", () => image.remove());
      image.src = URL.createObjectURL(file);
      shown.push(image.src);
      out.append(image);
    }
  });
}
