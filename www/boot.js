// Starts the compiled app, and says so plainly when it cannot.

// Hidden until now: without script nothing would ever take it away.
const boot = document.getElementById("boot");
boot.hidden = false;
// trunk wrote the names of the compiled files there, hashes and all (Trunk.toml).
const { dataset } = document.querySelector("script[data-wasm]");
const { js, wasm } = dataset;
// Random runs run in workers (src/ui/chaos.rs): the program that these load.
dataset.worker = new URL(`chaos-worker.js?${new URLSearchParams({ js, wasm })}`, document.baseURI);

function say(...sentences) {
  boot.replaceChildren(
    ...sentences.map((sentence) =>
      Object.assign(document.createElement("p"), { textContent: sentence }),
    ),
  );
}

async function start() {
  const app = await import(new URL(js, document.baseURI));
  const { memory } = await app.default({ module_or_path: new URL(wasm, document.baseURI) });
  boot.remove();
  if (navigator.share) document.documentElement.dataset.share = "";
  addEventListener("ackward-take", async ({ detail }) => {
    const done = await import("./take.js").then(
      ({ take }) => take(...JSON.parse(detail)),
      () => "That did not work: a part of the page could not be loaded. Check the connection, and try again.",
    );
    dispatchEvent(new CustomEvent("ackward-took", { detail: done }));
  });
  // As a part of another page: tell it how high this one is.
  if (/[?&]embed=/.test(location.hash) && parent !== window) {
    const tell = () =>
      parent.postMessage(JSON.stringify({ ackward: "height", height: document.body.scrollHeight }), "*");
    new ResizeObserver(tell).observe(document.body);
  }
  // For tests, the bench and who is curious: a scenario's run as text, the checker, its memory.
  globalThis.ackward = {
    traceText: app.trace_text,
    mermaidText: app.mermaid_text,
    explore: app.explore,
    chaosTally: app.chaos_tally,
    memory,
  };
}

if (typeof WebAssembly !== "object") {
  say(
    "This browser cannot run WebAssembly, which Ackward is compiled to.",
    "Please use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly for this site.",
  );
} else {
  start().catch((error) => {
    console.error(error);
    say(
      "Ackward could not be started.",
      `The browser says: ${error instanceof Error ? error.message : error}`,
      "Load the page again. If that does not help, the host may not serve the .wasm file, or its Content-Security-Policy may lack 'wasm-unsafe-eval'.",
    );
  });
}
