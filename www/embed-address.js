// From what an embed is asked to show to the address of the page that shows it.

/** What stands under the diagram where nobody says otherwise. */
const CONTROLS = "transport,verdict";
/** What is said of how an embed looks, and is no setting. */
const OURS = ["embed", "label", "theme", "predict"];

/**
 * The part of the address after the folder. `ask` answers with the value of a name, or null:
 * scenario or preset, settings (`acks=1&retries=0`), faults (separated by commas), messages, path,
 * step, predict, controls, height, theme, label; given, where the page around gives the scenario itself.
 */
export function address(ask) {
  if (ask("given") !== null) return around(ask, "lab", new URLSearchParams(), ",given");
  const query = new URLSearchParams();
  const preset = ask("preset");
  const settings = new URLSearchParams(ask("settings") ?? "");
  const faults = (ask("faults") ?? "").split(",").filter((fault) => fault.trim() !== "");
  const lab = preset !== null || settings.size > 0 || faults.length > 0;
  const base = preset ?? ask("scenario") ?? "ack-lost";
  if (lab) query.set(preset !== null ? "preset" : "scenario", base);
  for (const [key, value] of settings) query.append(key, value);
  for (const fault of faults) query.append("fault", fault.trim());
  for (const name of ["messages", "path", "step"]) {
    const value = ask(name);
    if (value !== null) query.set(name, value);
  }
  return around(ask, lab ? "lab" : `s/${encodeURIComponent(base)}`, query, "");
}

/** With what stands beside the diagram, in which colours, and how it is loaded. */
function around(ask, path, query, how) {
  const whole = ask("height") === "auto" ? ",whole" : "";
  // First: of a long query the page reads the beginning.
  const all = new URLSearchParams({ embed: (ask("controls") ?? CONTROLS) + whole + how });
  const label = ask("label");
  if (label) all.set("label", label);
  const theme = ask("theme");
  if (theme === "light" || theme === "dark") all.set("theme", theme);
  const predict = ask("predict");
  if (predict !== null && predict !== "0" && predict !== "false") all.set("predict", "1");
  for (const [key, value] of query) if (!OURS.includes(key)) all.append(key, value);
  // The page reads `%20`, not `+`.
  const text = all.toString().replaceAll("+", "%20");
  return `#/${path}?${text}`;
}
