// Checks configuration files away from the page: a request comes in, answers go out
// (src/worker.rs).

const program = import("./ackward-worker.js").then(async (program) => {
  await program.default({ module_or_path: new URL("ackward-worker_bg.wasm", import.meta.url) });
  return program;
});
// Reported when there is something to do.
program.catch(() => {});

// Only the page that has started a worker has a port to it.
addEventListener("message", async ({ data }) => {
  try {
    (await program).check_files(data, (answer) => postMessage(answer));
  } catch (error) {
    postMessage(JSON.stringify({ broke: String(error?.message ?? error) }));
  }
});
