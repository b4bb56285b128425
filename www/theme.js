// Before the first paint: the theme chosen on an earlier visit, so that the page does not flash.
try {
  const theme = localStorage.getItem("ackward.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
