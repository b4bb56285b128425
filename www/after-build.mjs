// A hook of trunk (Trunk.toml): has each scenario and preset told, splits the lines of
// the catalogue into a file for each, and writes into the page the version of the files that have no
// hash in their names, so that no cache mixes two builds.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.TRUNK_STAGING_DIR;
const catalogue = join(folder, "catalogue");
const lines = readFileSync(join(catalogue, "lines.txt"), "utf8");
rmSync(join(catalogue, "lines.txt"));

const whole = await import(pathToFileURL(join(folder, "ackward-whole.js")));
whole.initSync({ module: readFileSync(join(folder, "ackward-whole_bg.wasm")) });

const ADDRESS = { scenarios: (id) => `/s/${id}`, presets: (id) => `/lab?preset=${id}` };
for (const name of ["", "lines"]) {
  for (const kind of Object.keys(ADDRESS)) mkdirSync(join(catalogue, name, kind), { recursive: true });
}
const ids = { scenarios: [], presets: [] };
// Each begins with a line that names it.
for (const part of lines.split(/^= /m).slice(1)) {
  const end = part.indexOf("\n");
  const [name, text] = [part.slice(0, end), part.slice(end + 1)];
  writeFileSync(join(catalogue, "lines", `${name}.txt`), text);
  const [kind, id] = name.split("/");
  ids[kind].push(id);
  const told = whole.told(ADDRESS[kind](id));
  if (!told) throw new Error(`${name} cannot be told`);
  writeFileSync(join(catalogue, `${name}.txt`), told);
}

// The page asks for nothing in the catalogue that is not there.
const boot = join(folder, "boot.js");
const names = JSON.stringify(Object.fromEntries(Object.entries(ids).map(([kind, ids]) => [kind, ids.join(" ")])));
writeFileSync(boot, filled(readFileSync(boot, "utf8"), '{ scenarios: "", presets: "" }', names));

/** The text with what the build knows in place of what stands for it. */
function filled(text, place, content) {
  if (text.split(place).length !== 2) throw new Error(`there is not one place for ${place}`);
  return text.replace(place, () => content);
}

// The names under which a program and its script know each other's functions end in hashes of 16
// digits, more than a hundred of them, which no host can compress. Numbers as long do as well.
for (const name of readdirSync(folder).filter((name) => name.endsWith("_bg.wasm"))) {
  const hash = /(?<=_h?)[0-9a-f]{16}(?![0-9a-f])/g;
  const numbers = new Map();
  const [script, program] = [name.replace("_bg.wasm", ".js"), name].map((file) => join(folder, file));
  // As latin1, in which each byte is a character: a program is no text.
  for (const [found] of readFileSync(script, "latin1").matchAll(hash)) {
    if (!numbers.has(found)) numbers.set(found, String(numbers.size).padStart(16, "0"));
  }
  for (const file of [script, program]) {
    const text = readFileSync(file, "latin1");
    writeFileSync(file, text.replace(hash, (found) => numbers.get(found) ?? found), "latin1");
  }
}

/** Scripts and styles without what is for who reads the source: a quarter of what they weigh. */
function minify(...names) {
  if (process.env.TRUNK_PROFILE !== "release") return;
  const options = ["--minify", "--legal-comments=none", "--target=es2022", "--log-level=warning"];
  const files = names.map((name) => join(folder, name));
  const { status, error } = spawnSync("esbuild", [...options, "--allow-overwrite", `--outdir=${folder}`, ...files], { stdio: "inherit" });
  // Who runs trunk without ./dev may have none.
  if (error) console.warn(`Scripts and styles stay as they are: there is no esbuild (${error.code}).`);
  else if (status !== 0) throw new Error("esbuild could not read a script or a style");
}

minify(...readdirSync(folder).filter((name) => /\.(js|css)$/.test(name) && name !== "worker.js"));

const hash = createHash("sha256").update(lines);
const unhashed = ["catalogue/list.txt", "given.js", "page.css", "whole.css"];
for (const program of ["runs", "whole"]) unhashed.push(`ackward-${program}.js`, `ackward-${program}_bg.wasm`);
for (const name of unhashed) hash.update(readFileSync(join(folder, name)));
const page = join(folder, "index.html");
const text = readFileSync(page, "utf8");
if (!text.includes('data-version=""')) throw new Error("index.html has no place for the version");
writeFileSync(page, text.replace('data-version=""', `data-version="${hash.digest("hex").slice(0, 16)}"`));

// The worker that keeps the app for when there is no network has to know all that there is now.
await import("./worker-build.mjs");
minify("worker.js");
