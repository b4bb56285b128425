// Runs before anything is painted, and outlives what the page loads: it has the page wear the theme
// that was chosen, and deals with a build that cannot be loaded.
//
// Every build lies in a folder of its own, which index.html names. Only the page and this script keep
// their names from one build to the next, so a browser may have an older copy of either. What they
// and main.js know of each other therefore stays as it is: `data-build` is the name of the folder, and
// `ackwardBoot` has what stands at the end of this.

try {
  const theme = localStorage.getItem("ackward.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}

// An address in the fragment, or a frame of another page: what index.html holds is not what was asked for.
if (/^#[^?]*\//.test(location.hash) || (/[?&]embed=/.test(location.search) && !/\/figure\//.test(location.pathname))) {
  document.documentElement.dataset.elsewhere = "";
}

{
  /** Builds for which this tab was reloaded. */
  const KEY = "ackward.reloaded";

  /** Reloads the page if the host has another build by now, and with it no longer the files of this
   * one. Resolves to whether it does. */
  const renew = async () => {
    try {
      const { build } = document.querySelector("script[data-build]").dataset;
      // Past the browser's cache, where the reload then finds the answer.
      const response = await fetch(location.href.split("#")[0], { cache: "reload" });
      const [, newer] = (await response.text()).match(/ data-build=["']?([\w-]+)/) ?? [];
      if (!response.ok || !newer || newer === build || wasReloadedFor(newer)) return false;
    } catch {
      return false;
    }
    location.reload();
    return true;
  };

  /** Whether this tab was reloaded for that build before. A cache on the way may go on to send an
   * older page: without this, the tab would be reloaded for ever. */
  const wasReloadedFor = (newer) => {
    try {
      const before = sessionStorage.getItem(KEY)?.split(" ") ?? [];
      if (before.includes(newer)) return true;
      sessionStorage.setItem(KEY, [...before, newer].join(" "));
      return false;
    } catch {
      // Storage is forbidden, as it often is in a frame.
      return performance.getEntriesByType("navigation")[0]?.type === "reload";
    }
  };

  /** Shows sentences in place of the app. */
  const say = (...sentences) => {
    const place = document.getElementById("boot");
    if (!place) return;
    place.replaceChildren(
      ...sentences.map((sentence) =>
        Object.assign(document.createElement("p"), { textContent: sentence }),
      ),
    );
    place.hidden = false;
  };

  /** Says that the app could not be started, unless a newer build can be. */
  const fail = async (error) => {
    console.error(error);
    if (await renew()) return;
    say(
      "Ackward could not be started.",
      `The browser says: ${error instanceof Error ? error.message : error}`,
      "Load the page again. If that does not help, the host may not serve the .wasm file, or its Content-Security-Policy may lack 'wasm-unsafe-eval'.",
    );
  };

  // The script of the build did not come, or this browser cannot read it.
  addEventListener(
    "error",
    ({ target, filename, error }) => {
      if (target.dataset?.build) fail("the script of the page could not be loaded.");
      else if (filename?.endsWith("/main.js")) fail(error);
    },
    true,
  );

  globalThis.ackwardBoot = { renew, say, fail };
}
