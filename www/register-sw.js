// Has the browser keep the app for when there is no network (service-worker.js), once the page can be used.
// Where the browser or the host forbids it, nothing is different.

/** Another's page shows the app in a frame: its readers did not ask to have the app. */
const framed = window !== window.top;

async function keep() {
  const pageOf = document.querySelector("script[data-build]").dataset.build;
  // Above the folder of the build, so that it is asked for all pages of the site.
  const worker = new URL(pageOf ? "../service-worker.js" : "service-worker.js", import.meta.url);
  const registration = await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
  const take = () => registration.waiting?.postMessage({ pageOf });
  take();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", take);
  });
}

if (!framed && location.protocol.startsWith("http") && "serviceWorker" in navigator) {
  keep().catch(() => {
    // Private windows, policies and full disks refuse it.
  });
}
