// Runs random runs away from the page: texts come in, texts go out (src/ui/chaos/work.rs). Which
// program to load stands in this file's own address, put there by boot.js.

const asked = new URL(location.href).searchParams;

const program = import(new URL(asked.get("js"), location.href)).then(async (program) => {
  await program.default({ module_or_path: new URL(asked.get("wasm"), location.href) });
  return program;
});
// Reported when there is something to do.
program.catch(() => {});

addEventListener("message", async ({ data }) => {
  try {
    postMessage((await program).chaos_work(data));
  } catch (error) {
    postMessage(JSON.stringify({ failed: String(error?.message ?? error) }));
  }
});
