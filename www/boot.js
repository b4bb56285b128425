// Loads the app, and says so plainly when it cannot be started.
//
// Every build lies in a folder of its own, which index.html names. Only the page and this script keep
// their names from one build to the next, so a browser may have an older copy of either. What the
// three know of each other therefore stays as it is: `data-build` is the name of the folder, and
// main.js in it exports `start(renew)`.

const build = document.querySelector("script[data-build]")?.dataset.build;
const boot = document.getElementById("boot");
// Hidden until now: without script nothing would ever take it away.
boot.hidden = false;

/** Builds for which this tab was reloaded. */
const KEY = "ackward.reloaded";

/** Reloads the page if the host has another build by now, and with it no longer the files of this
 * one. Resolves to whether it does. */
async function renew() {
  try {
    // Past the browser's cache, where the reload then finds the answer.
    const response = await fetch(location.href.split("#")[0], { cache: "reload" });
    const [, newer] = (await response.text()).match(/ data-build=["']?([\w-]+)/) ?? [];
    if (!response.ok || !newer || newer === build || wasReloadedFor(newer)) return false;
  } catch {
    return false;
  }
  location.reload();
  return true;
}

/** Whether this tab was reloaded for that build before. A cache on the way may go on to send an older
 * page: without this, the tab would be reloaded for ever. */
function wasReloadedFor(newer) {
  try {
    const before = sessionStorage.getItem(KEY)?.split(" ") ?? [];
    if (before.includes(newer)) return true;
    sessionStorage.setItem(KEY, [...before, newer].join(" "));
    return false;
  } catch {
    // Storage is forbidden, as it often is in a frame.
    return performance.getEntriesByType("navigation")[0]?.type === "reload";
  }
}

function say(...sentences) {
  boot.replaceChildren(
    ...sentences.map((sentence) =>
      Object.assign(document.createElement("p"), { textContent: sentence }),
    ),
  );
}

async function start() {
  try {
    const { start } = await import(new URL(`${build}/main.js`, document.baseURI));
    await start(renew);
  } catch (error) {
    console.error(error);
    if (await renew()) return;
    say(
      "Ackward could not be started.",
      `The browser says: ${error instanceof Error ? error.message : error}`,
      "Load the page again. If that does not help, the host may not serve the .wasm file, or its Content-Security-Policy may lack 'wasm-unsafe-eval'.",
    );
  }
}

if (typeof WebAssembly === "object") start();
else {
  say(
    "This browser cannot run WebAssembly, which Ackward is compiled to.",
    "Please use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly for this site.",
  );
}
