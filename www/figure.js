// A scenario in a frame, before its program: steps through the drawing that the build has made
// (src/site/framed.rs). The program comes when the reader touches it, or at once where the address has
// load=visible; it starts at the same step.

const asked = new URLSearchParams(location.search);
const shown = new Set((asked.get("embed") ?? "transport,verdict").split(",").map((part) => part.trim()));
const main = document.querySelector("main");
const moments = JSON.parse(main.dataset.run);
const last = moments.length - 1;
/** The step that the address asks for. */
const wanted = Number(asked.get("step") ?? 0);
let step = 0;
/** The reader has gone to another step than that of the address. */
let moved = false;

const find = (selector) => main.querySelector(selector);
const clamp = (to) => Math.min(Math.max(Math.trunc(to) || 0, 0), last);

document.documentElement.classList.add("scripted");
if (shown.has("whole")) main.classList.add("whole");
const [deck, pills] = [".deck", ".pills"].map(find);
if (!shown.has("verdict")) pills.remove();
if (!shown.has("transport")) deck.remove();
const label = asked.get("label")?.trim();
if (label) find("h1").textContent = label;
wear(asked.get("theme"));

function wear(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

/** The class of a group, as src/core/diagram/svg.rs has it. */
function when(own, now) {
  if (own === 0) return "still";
  if (own < now || now === 0) return "past";
  return own === now ? "now" : "future";
}

function draw(svg) {
  const bands = svg.dataset.bands.split(" ").map((band) => band.split(",").map(Number));
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  for (const group of svg.querySelectorAll("[data-step]")) group.setAttribute("class", when(Number(group.dataset.step), step));
  const [top, high] = bands[step - 1] ?? [0, 0];
  const set = (selector, values) => {
    for (const [name, value] of Object.entries(values)) svg.querySelector(selector).setAttribute(name, value);
  };
  set(".frame", step === 0 ? { width: 0, height: 0 } : { x: 2, y: top, width: width - 4, height: high });
  const horizon = step === 0 || step === last ? height : top + high;
  set(".veil", { y: horizon, height: height - horizon });
}

const element = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

function show(to, quiet) {
  step = clamp(to);
  moved ||= !quiet;
  main.querySelectorAll(".diagram.body").forEach(draw);
  const [sentence, fault] = moments[step];
  // Before the first step the whole run is drawn; where nobody can play it, its outcome belongs to it.
  const [, , verdict, remarks] = moments[step === 0 && !shown.has("transport") ? last : step];
  const inside = (selector) => deck.querySelector(selector);
  inside(".say").classList.toggle("fault", fault);
  inside(".say b").textContent = step === 0 ? "Start" : `Step ${step}`;
  inside(".say span").textContent = sentence;
  const icons = [...pills.querySelectorAll("svg")];
  pills.replaceChildren(
    ...verdict.map(([message, outcome, tone], at) => element("li", { class: `pill ${tone}` }, icons[at], `${message}: ${outcome}`)),
    ...remarks.map(([text, tone]) => element("li", { class: `pill ${tone}` }, text)),
  );
  inside("output").firstChild.data = step;
  inside(".done").setAttribute("x2", step);
  inside("input").value = step;
  for (const name of ["first", "back"]) inside(`.${name}`).setAttribute("aria-disabled", step === 0);
  for (const name of ["forward", "last"]) inside(`.${name}`).setAttribute("aria-disabled", step === last);
  bring(quiet);
  say();
}

/** Scrolls to the step, as src/ui/view/diagram_pane/scroll.rs does. */
function bring(quiet) {
  const stage = find(".stage");
  const svg = [...main.querySelectorAll(".diagram.body")].find((svg) => svg.clientHeight > 0);
  const [top, high] = svg?.dataset.bands.split(" ")[step - 1]?.split(",").map(Number) ?? [];
  if (top === undefined) return;
  const head = svg.previousElementSibling.getBoundingClientRect().height;
  const sight = stage.getBoundingClientRect();
  const room = sight.height - head;
  const from = svg.getBoundingClientRect().top + top;
  const calm = from >= sight.top + head + 8 && from + high <= sight.bottom - room * 0.2;
  if (calm && step !== last) return;
  const goal = step === last ? 0.3 : 0.45;
  const by = Math.min(from + high / 2 - (sight.top + head + room * goal), from - sight.top - head - 8);
  const still = quiet || matchMedia("(prefers-reduced-motion: reduce)").matches;
  stage.scrollBy({ top: by, behavior: still ? "instant" : "smooth" });
}

/** Tells the page around, as src/ui/embed_messages.rs does. */
function say() {
  if (parent === window) return;
  const [sentence, , verdict] = moments[step];
  const told = verdict.map(([message, outcome, , applied]) => ({ message, outcome, applied }));
  const text = JSON.stringify({ ackward: "step", step, last, playing: false, sentence, verdict: told });
  parent.postMessage(text, "*");
}

if (parent !== window) {
  const tell = (ackward, height) => parent.postMessage(JSON.stringify({ ackward, height }), "*");
  new ResizeObserver(() => {
    tell("height", document.body.scrollHeight);
    // With the whole drawing, for print.
    const stage = find(".stage");
    tell("tall", main.scrollHeight - stage.clientHeight + stage.scrollHeight);
  }).observe(document.body);
}

/** The program, once it was asked for. */
let coming = null;

/** Has the program take over, at the step where the reader is by then. */
function load(then) {
  coming ??= (async () => {
    const { build } = document.querySelector("script[data-build]").dataset;
    const folder = new URL(`./${build}/`, import.meta.url);
    const styles = ["page", "views"].map((name) => {
      const link = element("link", { rel: "stylesheet", href: new URL(`${name}.css`, folder).href });
      document.head.append(link);
      return new Promise((done) => link.addEventListener("load", done, { once: true }));
    });
    globalThis.ackwardBefore = async () => {
      await Promise.all(styles);
      if (wanted === step || moved) asked.set("step", step);
      const { theme } = document.documentElement.dataset;
      if (theme) asked.set("theme", theme);
      if (!asked.has("embed")) asked.set("embed", [...shown].join(","));
      history.replaceState(history.state, "", `?${asked}`);
      const given = step;
      addEventListener("ackward-ready", () => catchUp(given), { once: true });
    };
    await import(new URL("main.js", folder).href);
  })().catch(globalThis.ackwardBoot.fail);
  if (then) addEventListener("ackward-ready", then, { once: true });
}

/** The program was started at a step that the reader has left by the time it takes over. */
function catchUp(given) {
  removeEventListener("message", heard);
  if (step === given) return;
  asked.set("step", step);
  history.replaceState(history.state, "", `?${asked}`);
  dispatchEvent(new Event("popstate"));
}

function heard({ source, data }) {
  // Only the page around may steer it.
  if (source !== parent || typeof data !== "string") return;
  const [, command, value] = data.match(/^ackward:(\w+):?(.*)$/) ?? [];
  if (command === "goTo") show(Number(value));
  else if (command === "theme") wear(value);
  else if (command === "play") play();
}
addEventListener("message", heard);

const play = () => load(() => document.querySelector(".buttons .play")?.click());

const go = { first: () => 0, back: () => step - 1, forward: () => step + 1, last: () => last };
/** The step that is drawn at this height of the window. */
function at(svg, y) {
  const from = y - svg.getBoundingClientRect().top;
  const bands = svg.dataset.bands.split(" ").map((band) => Number(band.split(",")[0]));
  return bands.findLastIndex((top) => top <= from) + 1;
}

main.addEventListener("click", ({ target, clientY }) => {
  const what = target.closest("[data-do]")?.dataset.do;
  if (what === "play") play();
  else if (what) show(go[what]());
  else if (target.closest(".diagram.body")) show(at(target.closest("svg"), clientY));
});
deck.querySelector("input").addEventListener("input", ({ target }) => show(Number(target.value)));
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, a")) return;
  if (event.key === " " && !event.target.matches("button")) {
    event.preventDefault();
    return play();
  }
  const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  show(to);
});
// The program must not take the button from under a finger: its click would go nowhere.
let released = Promise.resolve();
addEventListener("pointerdown", () => {
  released = new Promise((done) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done), { once: true });
  });
});
globalThis.ackwardHold = () => released;

// A reader who only tabs past has not touched it; a screen reader may press without pointer or key.
addEventListener("pointerdown", () => load(), { once: true });
addEventListener("click", () => load(), { once: true });
addEventListener("keydown", ({ key }) => key === "Tab" || load());

show(wanted, true);
// The program says what is wrong with a step that there is not.
if (wanted !== step || asked.get("load") === "visible") load();
