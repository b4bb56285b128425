// Runs random runs away from the page: texts come in, texts go out (src/ui/chaos/work.rs).

const program = import("./ackward-whole.js").then(async (program) => {
  await program.default({ module_or_path: new URL("ackward-whole_bg.wasm", import.meta.url) });
  return program;
});
// Reported when there is something to do.
program.catch(() => {});

// Only the page that has started a worker has a port to it.
addEventListener("message", async ({ data }) => {
  try {
    postMessage((await program).chaos_work(data));
  } catch (error) {
    postMessage(JSON.stringify({ failed: String(error?.message ?? error) }));
  }
});
