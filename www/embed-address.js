// From what an embed is asked to show to the address of the page that shows it.

/** What stands under the diagram where nobody says otherwise. */
const CONTROLS = "transport,verdict";
/** What is said of how an embed looks, and is no setting. */
const OURS = ["embed", "label", "theme", "predict"];
/** The scenarios whose drawing has a page of its own: www/after-build.mjs writes them here. */
const DRAWN = new Set("scenarios of the build".split(" "));
/** What such a page cannot show. */
const BEYOND = ["given", "preset", "settings", "faults", "messages", "path", "predict"];

/**
 * The part of the address after the folder. `ask` answers with the value of a name, or null:
 * scenario or preset, settings (`acks=1&retries=0`), faults (separated by commas), messages, path,
 * step, predict, controls, height, theme, label; given, where the page around gives the scenario itself.
 */
export function address(ask) {
  const name = ask("scenario") ?? "ack-lost";
  const parts = (ask("controls") ?? CONTROLS).split(",").map((part) => part.trim());
  const plain = parts.every((part) => part === "" || CONTROLS.includes(part));
  if (plain && DRAWN.has(name) && BEYOND.every((asked) => ask(asked) === null)) return drawn(ask, name);
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

/** The page of a scenario's drawing, which the program takes over when it is touched. */
function drawn(ask, name) {
  const query = around(ask, "", new URLSearchParams(), "").split("?")[1];
  const step = Number(ask("step") ?? 0);
  const more = [step > 0 ? `&step=${step}` : "", ask("load") === "visible" ? "&load=visible" : ""];
  return `figure/${name}/?${query}${more.join("")}`;
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
