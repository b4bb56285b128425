// Serves dist/ as a static host would: from a folder of the site, under the strict policy that the
// README names. `node server.mjs [DIR] [PORT]`.

import { createReadStream, existsSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** As the README prints it. */
export const [POLICY] = readFileSync(new URL("../../README.md", import.meta.url), "utf8").match(/^default-src .*$/m);

/** The folder under which the app is served. */
export const BASE = "/docs/tools/ackward/";

/** The name of a file without the folder of its build. */
export const plain = (name) => name.replace(/^build-\w+\//, "");

export const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The address of what an address such as `s/ack-lost?step=8` names, below that of the site. What has no
 * page of its own stands in the fragment, as links of before do. */
export function addressOf(folder, address) {
  const [path, query = ""] = address.split(/(?=\?)/);
  const own = /^[\w/-]+$/.test(path) && existsSync(join(folder, path, "index.html"));
  return own ? `${path}/${query}` : address && `#/${address}`;
}

/** Serves the folder. `headers` replace those that a response would have, for all files or by their
 * names. `before` is told the name of each file that is asked for, and may wait. */
export function serve(folder, port, headers = {}, before = () => {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
    let name = path.startsWith(BASE) ? path.slice(BASE.length) : null;
    if (name === "" || name?.endsWith("/")) name += "index.html";
    const file = name && join(folder, normalize(name));
    await before(name);
    const found = file?.startsWith(folder + sep) && (await stat(file).catch(() => null));
    if (found?.isDirectory()) {
      const { pathname, search } = new URL(request.url, "http://host");
      response.writeHead(301, { location: `${pathname}/${search}` }).end();
      return;
    }
    if (!found?.isFile()) {
      response.writeHead(404).end("not here");
      return;
    }
    response.writeHead(200, {
      "content-security-policy": POLICY,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cache-control": "no-cache",
      ...(typeof headers === "function" ? headers(name) : headers),
    });
    // A test may take the file away in the meantime.
    createReadStream(file).on("error", () => response.destroy()).pipe(response);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL("../../dist", import.meta.url));
  const server = await serve(normalize(folder).replace(/\/$/, ""), Number(process.argv[3] ?? 0));
  console.log(`http://127.0.0.1:${server.address().port}${BASE}`);
}
