// A hook of trunk (Trunk.toml): splits the catalogue into a file for each scenario, and writes into
// the page the version of the files that have no hash in their names, so that no cache mixes two
// builds.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.TRUNK_STAGING_DIR;
const catalogue = join(folder, "catalogue");

const lines = readFileSync(join(catalogue, "lines.txt"), "utf8");
for (const name of ["scenarios", "presets"]) mkdirSync(join(catalogue, name), { recursive: true });
// Each begins with a line that names it.
for (const part of lines.split(/^= /m).slice(1)) {
  const end = part.indexOf("\n");
  writeFileSync(join(catalogue, `${part.slice(0, end)}.txt`), part.slice(end + 1));
}
rmSync(join(catalogue, "lines.txt"));

const hash = createHash("sha256").update(lines);
for (const name of ["catalogue/list.txt", "ackward-whole.js", "ackward-whole_bg.wasm", "whole.css"]) {
  hash.update(readFileSync(join(folder, name)));
}
const page = join(folder, "index.html");
const text = readFileSync(page, "utf8");
if (!text.includes('data-version=""')) throw new Error("index.html has no place for the version");
writeFileSync(page, text.replace('data-version=""', `data-version="${hash.digest("hex").slice(0, 16)}"`));

// The worker that keeps the app for when there is no network has to know all that there is now.
await import("./worker-build.mjs");
