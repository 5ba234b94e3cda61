/** Chooses light, dark, or the system's theme, and remembers it. */

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark" | "system"} */
function chosen() {
  const theme = root.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** @param {string} theme */
function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Not remembered where storage is forbidden; still applied to this page.
  }
  show();
}

function show() {
  root.dataset.shownTheme = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  for (const option of document.querySelectorAll("[data-theme-choice] button")) {
    option.setAttribute("aria-pressed", String(option.value === chosen()));
  }
}

for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
  toggle.hidden = false;
  toggle.addEventListener("click", () =>
    choose(root.dataset.shownTheme === "dark" ? "light" : "dark"),
  );
}
for (const group of document.querySelectorAll("[data-theme-choice]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const option = event.target.closest("button");
    if (option) choose(option.value);
  });
}
dark.addEventListener("change", show);
show();
