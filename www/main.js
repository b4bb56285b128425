// Starts the page: the program that runs and draws (src/main.rs). All files that this asks for lie
// beside it, in a folder of the build's own: those of two builds never meet.

const { renew, say, fail } = globalThis.ackwardBoot;
// Hidden until now: without script nothing would ever take it away.
const waiting = document.getElementById("boot");
waiting.hidden = false;

const file = (name) => new URL(name, import.meta.url);
// Whatever takes longer than a frame is computed in workers (src/ui/worker_pool.rs).
document.querySelector("script[data-build]").dataset.worker = file("worker.js");

const embedded = /[?&]embed=/.test(location.hash);

// A module that could not be had is not asked for again under the same address.
let tries = 0;

/** A module beside this one, fetched only when it is needed. */
async function bring(name) {
  try {
    return await import(tries > 0 ? file(`${name}?try=${tries}`) : file(name));
  } catch (error) {
    tries += 1;
    await renew();
    throw error;
  }
}

/** Time for the first steps, before the browser keeps the rest of the app. */
const CALM_MS = 1500;

async function start() {
  // It need not wait for the script that starts it.
  const program = fetch(file("ackward-web_bg.wasm"));
  program.catch(() => {});
  const app = await import(file("ackward-web.js"));
  const { memory } = await app.default({ module_or_path: program });
  listen();
  app.mount();
  waiting.remove();
  // The browser keeps the app for when there is no network, after the first steps.
  if (!embedded) setTimeout(() => import("./register-sw.js").catch(() => {}), CALM_MS);
  if (!embedded) import("./keep-focus.js").catch(() => {});
  // For tests, the bench and who is curious.
  globalThis.ackward = { traceText: app.trace_text, mermaidText: app.mermaid_text, memory };
}

function listen() {
  if (navigator.share) document.documentElement.dataset.share = "";
  addEventListener("ackward-take", async ({ detail }) => {
    const done = await bring("export.js").then(
      ({ take }) => take(...JSON.parse(detail)),
      () => "Loading failed. Check your connection and try again.",
    );
    dispatchEvent(new CustomEvent("ackward-took", { detail: done }));
  });
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
