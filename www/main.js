// Starts the program that the address needs, fetches what it asks for, and brings the whole one when
// somebody asks for more.
//
// Three programs are compiled (src/ui/whole.rs): the small one shows what was told in advance, another
// runs what an embed sets, and the whole one takes over (whole.js). All files that this asks for lie
// beside it, in a folder of the build's own: those of two builds never meet.

const { renew, say, fail } = globalThis.ackwardBoot;
// Hidden until now: without script nothing would ever take it away.
const waiting = document.getElementById("boot");
waiting.hidden = false;

const file = (name) => new URL(name, import.meta.url);
const SMALL = { js: file("ackward-web.js"), wasm: file("ackward-web_bg.wasm") };
const RUNS = { js: file("ackward-runs.js"), wasm: file("ackward-runs_bg.wasm") };
// A module that could not be had is not asked for again under the same address.
let tries = 0;
const again = (name) => (tries > 0 ? file(`${name}?try=${tries}`) : file(name));
export const whole = () => ({
  js: again("ackward-whole.js"),
  wasm: file("ackward-whole_bg.wasm"),
  css: again("whole.css"),
});
// Random runs run in workers (src/ui/chaos.rs), and so do checks of files (src/ui/check_worker.rs).
const script = document.querySelector("script[data-build]");
script.dataset.worker = file("chaos-worker.js");
script.dataset.checkWorker = file("check-worker.js");

const embedded = /[?&]embed=/.test(location.hash);

/** What in an address changes nothing about a run. */
const LOOKS = ["embed", "theme", "label", "step", "preset", "scenario"];

/** The ids in the catalogue, put in by the build (after-build.mjs). Whoever writes an address must
 * not choose which other files of the host a reader's browser asks for. */
const NAMES = { scenarios: "", presets: "" };

/** Whether the catalogue has a part of that name. */
function exists(name) {
  const [, folder, id] = name.match(/^(?:lines\/)?(scenarios|presets)\/([a-z0-9-]+)$/) ?? [];
  return name === "list" || (id !== undefined && NAMES[folder].split(" ").includes(id));
}

/** The program that shows the address, as src/ui/whole.rs has it, and the part of the catalogue
 * that it needs. */
function needed() {
  const [path, query = ""] = location.hash.replace(/^#?\/*/, "").split("?");
  const asked = new URLSearchParams(query);
  const [, id] = path.match(/^s\/([\w-]+)$/) ?? [];
  const changes = id ? ["messages", "path"] : [...asked.keys()].filter((key) => !LOOKS.includes(key));
  const changed = changes.some((key) => asked.has(key));
  const how = asked.get("embed")?.split(",") ?? [];
  // A scenario as JSON, from the page around.
  const given = how.includes("given");
  const shown = path === "" ? "ack-lost" : (id ?? (embedded && asked.get("scenario")));
  if (embedded && given) return { program: RUNS, parts: [] };
  if (!embedded && (!shown || changed)) return { program: whole(), parts: [] };
  // No other page can be embedded, which the small program says.
  if (!/^(lab|s\/.*)?$/.test(path)) return { program: SMALL, parts: [] };
  const name = (shown ? `scenarios/${shown}` : `presets/${asked.get("preset") ?? "kafka-default"}`).toLowerCase();
  if (changed || how.includes("runs")) return { program: RUNS, parts: [`lines/${name}`] };
  return { program: SMALL, parts: embedded ? [name] : ["list", name] };
}

/** A module beside this one, fetched only when it is needed. */
async function bring(name) {
  try {
    return await import(again(name));
  } catch (error) {
    tries += 1;
    await renew();
    throw error;
  }
}

const fetched = new Map();

/** A part of the catalogue as text; empty where there is none of that name, null where it could not
 * be had. */
function part(name) {
  if (!exists(name)) return Promise.resolve("");
  if (!fetched.has(name)) {
    const text = fetch(file(`catalogue/${name}.txt`)).then(
      async (response) => {
        const text = response.ok ? await response.text() : "<";
        // Some hosts answer with a page of theirs where they have no such file.
        return text.startsWith("<") ? null : text;
      },
    ).catch(() => null);
    fetched.set(name, text);
    // It may be had another time, or of another build.
    text.then((text) => text === null && fetched.delete(name) && renew());
  }
  return fetched.get(name);
}

const tell = (text) => dispatchEvent(new CustomEvent("ackward-loaded", { detail: text }));

/** Styles, there before anything is shown that needs them. */
function dress(css) {
  const { pathname } = new URL(css);
  const known = [...document.querySelectorAll("link[rel=stylesheet]")].find((link) => new URL(link.href).pathname === pathname);
  if (known?.sheet) return undefined;
  known?.remove();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: css });
  return new Promise((done, fail) => {
    link.onload = done;
    link.onerror = () => fail(new Error("its styles could not be loaded"));
    document.head.append(link);
  });
}

/** Compiles a program; answers with what it exports. */
export async function load({ js, wasm, css }) {
  // It need not wait for the script that starts it.
  const program = fetch(wasm);
  program.catch(() => {});
  const [app] = await Promise.all([import(js), css && dress(css)]);
  const { memory } = await app.default({ module_or_path: program });
  return { app, memory };
}

/** Time for the first steps, before the rest of the app is fetched. */
const CALM_MS = 1500;

async function start() {
  const { program, parts } = needed();
  // At the same time: none needs to wait for another.
  const [texts, , started] = await Promise.all([
    Promise.all(parts.map(part)),
    embedded || dress(file("page.css")),
    load(program),
  ]);
  const loaded = texts.flatMap((text, at) => (text === null ? [] : [parts[at], text]));
  listen(started.app);
  started.app.mount("", loaded);
  waiting.remove();
  // The browser keeps the app for when there is no network, after the first steps.
  if (!embedded) setTimeout(() => import("./register-sw.js").catch(() => {}), CALM_MS);
  if (!embedded) import("./keep-focus.js").catch(() => {});
  if (program.css) curious(started);
  else globalThis.ackward = { whole: () => takeOver(started.app, "") };
}

/** For tests, the bench and who is curious: a scenario's run as text, the checker, its memory. */
export function curious({ app, memory }) {
  globalThis.ackward = {
    traceText: app.trace_text,
    mermaidText: app.mermaid_text,
    explore: app.explore,
    chaosTally: app.chaos_tally,
    memory,
    whole: async () => {},
  };
}

const linesOf = (json) => bring("given.js").then(({ lines }) => lines(json), () => null);

let taking = null;

/** The whole program takes over, and first does what is wished; the small one stays where it cannot
 * be had. */
function takeOver(app, wish) {
  taking ??= import(again("whole.js"))
    .then(({ takeOver }) => takeOver(app, () => wishes))
    .catch(async (error) => {
      console.warn(error);
      tries += 1;
      await renew();
      taking = null;
      tell("whole");
    });
  wishes = wish;
  return taking;
}

/** What was wished last. */
let wishes = "";

function listen(app) {
  if (navigator.share) document.documentElement.dataset.share = "";
  addEventListener("ackward-take", async ({ detail }) => {
    const done = await bring("export.js").then(
      ({ take }) => take(...JSON.parse(detail)),
      () => "Loading failed. Check your connection and try again.",
    );
    dispatchEvent(new CustomEvent("ackward-took", { detail: done }));
  });
  addEventListener("ackward-load", async ({ detail }) => {
    // A scenario as JSON comes with its name, to be made lines of.
    const [name, json] = detail.split(/\n(.*)/s);
    const text = json === undefined ? await part(name) : await linesOf(json);
    tell(text === null ? name : `${name}\n${text}`);
  });
  addEventListener("ackward-whole", ({ detail }) => takeOver(app, detail));
  addEventListener("change", ({ target }) => {
    if (!target.matches?.("input[type=file]")) return;
    bring("open-file.js").then(
      ({ open, openAll }) => (target.multiple ? openAll(target) : open(target)),
      () => dispatchEvent(new CustomEvent("ackward-unread", {
        detail: "Part of the app failed to load. Check your connection and try again.",
      })),
    );
  });
  // Files that are dropped on the page that checks them.
  const zone = ({ target }) => document.querySelector("[data-drop=files]") && !target.closest?.("input");
  addEventListener("dragover", (event) => {
    if (zone(event) && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!zone(event) || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    const { files } = event.dataTransfer;
    bring("open-file.js").then(({ openAll }) => openAll({ files }), () => {});
  });
  // As a part of another page: tell it how high this one is.
  if (embedded && parent !== window) {
    const tell = () =>
      parent.postMessage(JSON.stringify({ ackward: "height", height: document.body.scrollHeight }), "*");
    new ResizeObserver(tell).observe(document.body);
  }
}

if (typeof WebAssembly === "object") start().catch(fail);
else {
  say(
    "Ackward needs WebAssembly, which this browser does not support or has disabled.",
    "Please use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly for this site.",
  );
}
