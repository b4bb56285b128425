// Has the browser keep the app for when there is no network (worker.js), once the page can be used.
// Where the browser or the host forbids it, nothing is different.

/** Time for the first steps, before the rest of the app is fetched. */
const CALM_MS = 1500;

/** Another's page shows the app in a frame: its readers did not ask to have the app. */
const framed = window !== window.top;

async function keep() {
  const registration = await navigator.serviceWorker.register("worker.js", { updateViaCache: "none" });
  const pageOf = document.querySelector("script[data-build]").dataset.build;
  const take = () => registration.waiting?.postMessage({ pageOf });
  take();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", take);
  });
}

/** Resolves when the app stands in place of the words that it is loading. */
function usable() {
  const app = document.getElementById("app");
  if (app.childElementCount > 0) return Promise.resolve();
  return new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      resolve();
    });
    watch.observe(app, { childList: true });
  });
}

if (!framed && location.protocol.startsWith("http") && "serviceWorker" in navigator) {
  await usable();
  setTimeout(() => {
    keep().catch(() => {
      // Private windows, policies and full disks refuse it.
    });
  }, CALM_MS);
}
