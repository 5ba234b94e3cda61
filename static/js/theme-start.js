// Runs before the first paint: a theme chosen by hand wins over the system's.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage may be forbidden; the system's theme is right then.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  root.dataset.shownTheme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
})();
