// Keeps the app for when there is no network. www/worker-build.mjs puts the names and the version
// of a build in below and writes this as service-worker.js; a new build is a new text, and so a new worker.
//
// Nothing is ever stale: what can change under its name is asked of the host first, and the copy is
// only for when the host does not answer. What lies in the folder of a build never changes.

const { version, build, files } = {/* filled in by the build */};

/** Caches of this app in this folder; the host may have others. */
const FAMILY = `ackward ${new URL(registration.scope).pathname} `;
const OURS = FAMILY + version;
/** A host that takes longer has no network to it. */
const PATIENCE_MS = 5000;

/** Under which a cache has the hashes of its files. */
const HASHES = new URL("hashes.json", registration.scope).href;

const address = (name) => new URL(name, registration.scope).href;
const known = new Map(Object.keys(files).map((name) => [address(name), name]));
const lasting = (name) => name.startsWith(`${build}/`);

/** The name of the file that an address asks for, if it is one of ours. */
function named(address) {
  const url = new URL(address);
  url.search = url.hash = "";
  return known.get(url.href);
}

addEventListener("install", (event) => {
  event.waitUntil(keep());
});

/** All files or none: a part of the app would be no app. */
async function keep() {
  const cache = await caches.open(OURS);
  const had = await older();
  await Promise.all(
    [...known].map(async ([url, name]) => {
      // What an older version has need not be fetched again, under whatever name.
      const old = await had.get(files[name])?.();
      const response = old ?? (await fetch(url, { cache: lasting(name) ? "default" : "no-cache" }));
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      await cache.put(url, await direct(response));
    }),
  );
  // The host may have had another build by then.
  const page = await (await cache.match(address("./"))).text();
  if (!page.includes(build)) throw new Error("the page is of another build");
  await cache.put(HASHES, new Response(JSON.stringify(files)));
}

/** By their hashes, ways to what the caches of older versions have. */
async function older() {
  const all = new Map();
  for (const name of (await caches.keys()).filter((name) => name.startsWith(FAMILY))) {
    const cache = await caches.open(name);
    const hashes = await (await cache.match(HASHES))?.json();
    for (const [file, hash] of Object.entries(hashes ?? {})) all.set(hash, () => cache.match(address(file)));
  }
  return all;
}

/** The response without the redirect that led to it, which a browser refuses as a page. */
async function direct(response) {
  if (!response.redirected) return response;
  return new Response(await response.blob(), { headers: response.headers });
}

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(FAMILY) && name !== OURS) await caches.delete(name);
      }
      await clients.claim();
    })(),
  );
});

addEventListener("message", (event) => {
  // A page of this very version, and no other that may still need the files of an older one.
  if (event.data?.pageOf !== build) return;
  event.waitUntil(
    clients.matchAll({ includeUncontrolled: true }).then((pages) => {
      const here = pages.filter(({ url }) => url.startsWith(registration.scope));
      return here.length < 2 ? skipWaiting() : undefined;
    }),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const name = request.method === "GET" ? named(request.url) : undefined;
  if (name !== undefined) event.respondWith(lasting(name) ? kept(request) : asked(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});

/** A page that is not kept: without a network the home page shows what it would, by the address in the
 * fragment (src/ui/address.rs). */
async function page(request) {
  const home = registration.scope;
  const { pathname, search, hash } = new URL(request.url);
  const at = `#/${pathname.slice(new URL(home).pathname.length)}${search}`;
  try {
    return await soon(fetch(request));
  } catch {
    return Response.redirect(hash ? home + hash : home + at);
  }
}

/** The answer, or an error after the time in which a host with a network to it answers. */
function soon(answer) {
  return Promise.race([answer, new Promise((_, fail) => setTimeout(fail, PATIENCE_MS))]);
}

const copy = async (request) => (await caches.open(OURS)).match(request, { ignoreSearch: true });

async function kept(request) {
  return (await copy(request)) ?? fetch(request);
}

async function asked(request) {
  const own = await copy(request);
  if (!own) return fetch(request);
  try {
    const answer = await soon(fetch(request));
    // The page of a network that wants a password, or of a broken host, is not the app.
    return answer.ok || answer.type === "opaqueredirect" ? answer : own;
  } catch {
    return own;
  }
}
