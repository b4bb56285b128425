// The worker of the page: questions come in, answers go out (src/protocol.rs). An empty text says that
// a question is answered in full.

const program = import("./ackward-worker.js").then(async (program) => {
  await program.default({ module_or_path: new URL("ackward-worker_bg.wasm", import.meta.url) });
  return program;
});
// Reported when there is something to do.
program.catch(() => {});

// Only the page that has started a worker has a port to it.
addEventListener("message", async ({ data }) => {
  try {
    (await program).answer(data, (text) => postMessage(text));
    postMessage("");
  } catch (error) {
    // The page ends a worker that says so.
    postMessage(JSON.stringify({ broke: String(error?.message ?? error) }));
  }
});
