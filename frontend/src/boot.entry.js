// Before the first paint: light or dark as the system says, and the pages know that scripts run.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => {
  root.dataset.frTheme = dark.matches ? "dark" : "light";
};
root.classList.add("js");
paint();
dark.addEventListener("change", paint);
