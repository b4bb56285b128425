// The end of trunk's hook (after-build.mjs): gives www/service-worker.js the names of all files of the
// build, each with a hash of what is in it, and a version made of all of them.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const OUT = "service-worker.js";
const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error("TRUNK_STAGING_DIR is not set: trunk runs this, see Trunk.toml");

/** For `trunk serve`: whoever develops wants what was just built, and no older worker either. */
const NONE = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const family = \`ackward \${new URL(registration.scope).pathname} \`;
      for (const name of await caches.keys()) if (name.startsWith(family)) await caches.delete(name);
      await registration.unregister();
    })(),
  );
});
`;

function worker() {
  if (readFileSync(join(folder, "index.html"), "utf8").includes(".well-known/trunk/ws")) return NONE;
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== OUT)
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    // The page of each address is for the first sight of it. Without a network the home page shows them all.
    .filter((name) => !/^(.+\/index\.html|sitemap\.xml|llms\.txt|404\.html)$/.test(name))
    .sort();
  const hashed = (content) => createHash("sha256").update(content).digest("hex").slice(0, 16);
  const files = Object.fromEntries(names.map((name) => [name, hashed(readFileSync(join(folder, name)))]));
  // A host answers for the folder with its index.html, under both names.
  files["./"] = files["index.html"];
  const source = readFileSync(new URL(OUT, import.meta.url), "utf8");
  const build = names.find((name) => name.endsWith("/main.js")).split("/")[0];
  const all = { version: hashed(source + JSON.stringify(files)), build, files };
  return source.replace("{/* filled in by the build */}", () => JSON.stringify(all));
}

writeFileSync(join(folder, OUT), worker());
