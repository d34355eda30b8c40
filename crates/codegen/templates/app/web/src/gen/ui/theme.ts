// Light or dark. Without a choice of the person's own the app's default holds, which may be the system's.

export type Theme = "system" | "light" | "dark";

const key = "theme";

export function readTheme(): Theme {
  try {
    const saved = localStorage.getItem(key);
    if (saved === "system" || saved === "light" || saved === "dark") return saved;
  } catch {
    // Storage can be forbidden; then the choice lasts as long as the page.
  }
  return (document.documentElement.dataset["defaultTheme"] as Theme | undefined) ?? "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function saveTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // See readTheme.
  }
  applyTheme(theme);
}
