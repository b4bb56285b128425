// A hook of trunk (Trunk.toml): has the programs write the pages of the site, makes programs, scripts
// and styles smaller, and moves all that runs together into one folder, named after a hash of what is
// in it. No cache, and no host in the middle of a deployment, can then mix two builds.

import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { content, write } from "./pages.mjs";

/** So many programs are kept in target/wasm-opt. */
const MOST_KEPT = 12;

const folder = process.env.TRUNK_STAGING_DIR;

/** For visitors, and not for who changes something and looks at it at once. */
const isRelease = process.env.TRUNK_PROFILE === "release";

const site = await content(folder, isRelease && join(process.env.TRUNK_SOURCE_DIR, "target", "site"));

// Embeds know which scenarios have a drawing of their own.
const drawn = site.pages.filter(({ framed }) => framed).map(({ path }) => path.split("/")[1]);
fill("embed-address.js", '"scenarios of the build"', JSON.stringify(drawn.join(" ")));

// Scripts that keep their names: each is one file, so it has no other to be out of step with.
const address = "embed-address.js";
for (const name of ["embed.js", "embed-page.js"]) {
  const source = readFileSync(join(folder, address), "utf8").replaceAll("export ", "");
  fill(name, `import { address } from "./${address}";\n`, source);
}
rmSync(join(folder, address));

/** Writes what the build knows into a file, in place of what stands for it there. */
function fill(name, place, content) {
  const text = readFileSync(join(folder, name), "utf8");
  if (text.split(place).length !== 2) throw new Error(`${name} has not one place for ${place}`);
  writeFileSync(join(folder, name), text.replace(place, () => content));
}

await optimize();

/** Has wasm-opt make the programs smaller. What it has made is kept: it takes as long as the rest of
 * a build. */
async function optimize() {
  if (!isRelease) return;
  const features = [
    "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue",
  ].map((name) => `--enable-${name}`);
  // A browser compiles a function when it is first called. Whatever has one caller would end up in it,
  // and all pages and all messages would have to be compiled before the first frame.
  const options = ["-Oz", "--one-caller-inline-max-function-size=200", ...features];
  let version;
  try {
    version = execFileSync("wasm-opt", ["--version"], { encoding: "utf8" });
  } catch (error) {
    // Who runs trunk without ./dev may have none.
    console.warn(`The programs stay as large as they are: there is no wasm-opt (${error.code}).`);
    return;
  }
  const cache = join(process.env.TRUNK_SOURCE_DIR, "target", "wasm-opt");
  mkdirSync(cache, { recursive: true });
  const run = promisify(execFile);
  await Promise.all(
    ["web", "worker"].map(async (name) => {
      const file = join(folder, `ackward-${name}_bg.wasm`);
      const key = createHash("sha256").update(JSON.stringify([version, options])).update(readFileSync(file)).digest("hex");
      const made = join(cache, `${key}.wasm`);
      if (!existsSync(made)) {
        await run("wasm-opt", [file, ...options, `--output=${made}.new`]);
        renameSync(`${made}.new`, made);
      }
      utimesSync(made, new Date(), new Date());
      copyFileSync(made, file);
    }),
  );
  const used = (name) => statSync(join(cache, name)).mtimeMs;
  // trunk has a folder of its own there.
  const kept = readdirSync(cache).filter((name) => name.endsWith(".wasm"));
  const oldest = kept.sort((a, b) => used(b) - used(a)).slice(MOST_KEPT);
  for (const name of oldest) rmSync(join(cache, name));
}

/** Scripts and styles without what is for who reads the source: a quarter of what they weigh. */
function minify(...names) {
  if (!isRelease) return;
  const options = ["--minify", "--legal-comments=none", "--target=es2022", "--log-level=warning"];
  const files = names.map((name) => join(folder, name));
  const { status, error } = spawnSync("esbuild", [...options, "--allow-overwrite", `--outdir=${folder}`, ...files], { stdio: "inherit" });
  // Who runs trunk without ./dev may have none.
  if (error) console.warn(`Scripts and styles stay as they are: there is no esbuild (${error.code}).`);
  else if (status !== 0) throw new Error("esbuild could not read a script or a style");
}

minify(...readdirSync(folder).filter((name) => /\.(js|css)$/.test(name) && name !== "service-worker.js"));

/** Whether a file keeps its name: pages, what others link to, what browsers and hosts look for by
 * name, and the script that loads the rest. */
const stays = (name) => /\.(html|png|svg|webmanifest)$/.test(name) || /^(boot|figure|embed|embed-page|gallery)\./.test(name);

// All else runs together.
const moved = readdirSync(folder).filter((name) => !stays(name)).sort();
const hash = createHash("sha256");
for (const name of files(moved)) hash.update(`\n${name}\n`).update(readFileSync(join(folder, name)));
const build = `build-${hash.digest("hex").slice(0, 16)}`;
mkdirSync(join(folder, build));
for (const name of moved) renameSync(join(folder, name), join(folder, build, name));

/** The names of all files among these, and in those of them that are folders. */
function files(names) {
  return names.flatMap((name) => {
    const inside = statSync(join(folder, name)).isDirectory() && readdirSync(join(folder, name)).sort();
    return inside ? files(inside.map((file) => `${name}/${file}`)) : [name];
  });
}

const page = join(folder, "index.html");
const text = readFileSync(page, "utf8");
const linked = /(?<= (?:href|src)=")(?:\.\/)?([\w.-]+)(?=")/g;
writeFileSync(page, text.replace(linked, (whole, name) => (moved.includes(name) ? `${build}/${name}` : whole)));
fill("index.html", 'data-build=""', `data-build="${build}"`);
write(folder, site, process.env.ACKWARD_URL);

// The worker that keeps the app for when there is no network has to know all that there is now.
await import("./worker-build.mjs");
minify("service-worker.js");
