// Starts the page: the program that runs and draws (src/main.rs). All files that this asks for lie
// beside it, in a folder of the build's own: those of two builds never meet. Above that folder lie the
// pages of the site; a build without www/after-build.mjs has neither.

const { renew, say, fail } = globalThis.ackwardBoot;
const root = document.documentElement;
const [content, app] = ["page", "app"].map((id) => document.getElementById(id));
// Hidden until now: without script nothing would ever take it away. Where there is something to read
// nobody has to wait for it.
const waiting = document.getElementById("boot");
if ("elsewhere" in root.dataset) content.replaceChildren();
if (content.childElementCount === 0) waiting.hidden = false;

const file = (name) => new URL(name, import.meta.url);
// Whatever takes longer than a frame is computed in workers (src/ui/worker_pool.rs).
document.querySelector("script[data-build]").dataset.worker = file("worker.js");

const built = document.querySelector("script[data-build]").dataset.build !== "";
const site = built ? file("../").pathname : undefined;
const embedded = /[?&]embed=/.test(location.search + location.hash);

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
  const page = await import(file("ackward-web.js"));
  const { memory } = await page.default({ module_or_path: program });
  listen();
  // Two tasks rather than a long one. An embed does not show the catalogue.
  if (!embedded) {
    page.prepare();
    await new Promise((done) => setTimeout(done));
  }
  await globalThis.ackwardBefore?.();
  const hides = content.childElementCount > 0;
  app.classList.toggle("coming", hides);
  const rendered = new Promise((done) => addEventListener("ackward-drawn", done, { once: true }));
  page.mount(site);
  if (hides) await drawn(rendered);
  // A frame that is being pressed stays until the press has had its effect.
  await globalThis.ackwardHold?.();
  takeOver();
  // The browser keeps the app for when there is no network, after the first steps.
  if (!embedded) setTimeout(() => import("./register-sw.js").catch(() => {}), CALM_MS);
  if (!embedded) import("./keep-focus.js").catch(() => {});
  // For tests, the bench and who is curious.
  globalThis.ackward = { traceText: page.trace_text, mermaidText: page.mermaid_text, memory };
}

/** The longest time for which the program may draw its page unseen. */
const LATE_MS = 3000;

/** Resolves when the program has rendered its page and drawn its diagram. */
function drawn(rendered) {
  let page = false;
  const is = () => page && app.querySelector("main") && (!app.querySelector(".stage") || app.querySelector(".diagram.body text"));
  return new Promise((done) => {
    const watch = new MutationObserver(() => is() && end());
    rendered.then(() => {
      page = true;
      if (is()) end();
    });
    const end = () => {
      watch.disconnect();
      clearTimeout(late);
      done();
    };
    const late = setTimeout(end, LATE_MS);
    watch.observe(app, { childList: true, subtree: true });
  });
}

/** The page of the program in place of what was there, with the focus and the panes where the reader
 * had them. */
function takeOver() {
  const focus = content.contains(document.activeElement) ? document.activeElement : null;
  const name = ({ href = "", className, textContent }) => [href, className, textContent.trim()].join(" ");
  const label = focus && name(focus);
  const panes = [".stage", ".inspector", ".side"].map((pane) => [pane, content.querySelector(pane)?.scrollTop ?? 0]);
  const read = scrollY > 0 || panes.some(([, top]) => top > 0);
  // What comes beside the diagram comes later: until then the page stays as tall as it was.
  app.style.minHeight = `${content.offsetHeight}px`;
  setTimeout(() => (app.style.minHeight = ""), LATE_MS);
  content.remove();
  app.classList.remove("coming");
  delete root.dataset.elsewhere;
  waiting.remove();
  if (focus) [...app.querySelectorAll(focus.localName)].find((one) => name(one) === label)?.focus({ preventScroll: true });
  for (const [pane, top] of panes) if (top > 0) app.querySelector(pane)?.scrollTo(0, top);
  // Where the page scrolls as a whole it could not before it was shown.
  if (!read && !embedded && innerWidth < 820) app.querySelector(".diagram .frame")?.scrollIntoView({ block: "center" });
  dispatchEvent(new Event("ackward-ready"));
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
