// The pages of the site: what the programs say of each (src/site.rs), below the head of index.html.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A program of the build, started here. */
async function program(folder, name) {
  const program = await import(pathToFileURL(join(folder, `${name}.js`)));
  program.initSync({ module: readFileSync(join(folder, `${name}_bg.wasm`)) });
  return program;
}

/** What the pages hold. The verdicts on the pages of presets take a minute: `cache` is the folder where
 * they are kept, by the worker that gave them. Without one the pages have none; the program has. */
export async function content(folder, cache) {
  const page = await program(folder, "ackward-web");
  const answers = cache ? await verdicts(page, folder, cache) : "{}";
  return JSON.parse(page.site(answers));
}

/** The verdicts on all presets, as JSON. */
async function verdicts(page, folder, cache) {
  const key = createHash("sha256").update(readFileSync(join(folder, "ackward-worker_bg.wasm"))).digest("hex");
  const kept = join(cache, `${key}.json`);
  if (!existsSync(kept)) {
    const worker = await program(folder, "ackward-worker");
    const answers = {};
    for (const [id, question] of Object.entries(JSON.parse(page.site_questions()))) {
      worker.answer(JSON.stringify(question), (text) => (answers[id] = JSON.parse(text)));
    }
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${kept}.new`, JSON.stringify(answers));
    renameSync(`${kept}.new`, kept);
  }
  return readFileSync(kept, "utf8");
}

const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Writes all pages into the folder. `url` is where the site will be, if that is known. */
export function write(folder, { pages, llms }, url) {
  const template = readFileSync(join(folder, "index.html"), "utf8");
  const home = url ? new URL(url.endsWith("/") ? url : `${url}/`).href : undefined;
  for (const page of pages) {
    const file = join(folder, page.path, "index.html");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page.framed ? framed(template, page, home) : whole(template, page, home));
  }
  writeFileSync(join(folder, "llms.txt"), llms);
  const listed = pages.filter(({ framed }) => !framed).map(({ path }) => path);
  // A sitemap has whole addresses only. Where none is known, it is that of `./dev serve`.
  writeFileSync(join(folder, "sitemap.xml"), sitemap(listed, home ?? "http://127.0.0.1:8080/"));
  if (home) writeFileSync(join(folder, "404.html"), missing(template, home));
}

/** The addresses of the head, from a folder below. */
const below = (head, path) => {
  const up = "../".repeat(path.split("/").length - 1);
  return head.replace(/(?<= (?:href|src)=")(?!https?:|data:|\/|#)(?:\.\/)?/g, up);
};

function parts(template) {
  const at = template.indexOf("</head>");
  return [template.slice(0, at), template.slice(at)];
}

/** What only whole addresses can say. */
const placed = (home, path) => [
  `<link rel="canonical" href="${home + path}" />`,
  `<meta property="og:url" content="${home + path}" />`,
  `<meta property="og:image" content="${home}icon-512.png" />`,
];

/** A page for readers and search engines, which the program takes over. */
function whole(template, { path, title, description, body }, home) {
  const [head, rest] = parts(template);
  const more = [
    `<meta property="og:type" content="article" />`,
    `<meta property="og:site_name" content="Ackward" />`,
    `<meta property="og:title" content="${escaped(title)}" />`,
    `<meta property="og:description" content="${escaped(description)}" />`,
    ...(home ? placed(home, path) : []),
  ];
  const named = below(head, path)
    .replace(/<title>.*?<\/title>/s, () => `<title>${escaped(title)}</title>`)
    .replace(/(?<=<meta name="description" content=")[^"]*/, () => escaped(description));
  return `${named}  ${more.join("\n    ")}\n  ${rest.replace('<div id="page"></div>', () => `<div id="page">${body}</div>`)}`;
}

/** A page for frames: the styles of a run, and in place of the program a script that steps through the
 * drawing. The rest comes with the program. */
function framed(template, { path, title, body }, home) {
  const [head, rest] = parts(template);
  const links = [...below(head, path).matchAll(/<link\b[^>]*rel="stylesheet"[^>]*>/g)].map(([link]) => link);
  const own = links.filter((link) => /\/(style|diagram|site)\.css"/.test(link));
  const [build] = template.match(/(?<=data-build=")[^"]*/);
  const up = "../".repeat(path.split("/").length - 1);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)} · Ackward</title>
    <meta name="robots" content="noindex" />
    <meta name="color-scheme" content="light dark" />
    ${home ? `<link rel="canonical" href="${home}s/${path.split("/")[1]}/" />` : ""}
    <link rel="icon" href="data:," />
    <script src="${up}boot.js"></script>
    ${own.join("\n    ")}
    <script type="module" src="${up}figure.js" data-build="${build}"></script>
  ${rest.replace('<div id="page"></div>', () => `<div id="page">${body}</div>`)}`;
}

/** For hosts that show it in place of a page that is not there: the program says what was meant. Its
 * addresses are whole, as it may stand for any. */
function missing(template, home) {
  const [head, rest] = parts(template);
  return head.replace(/(?<= (?:href|src)=")(?!https?:|data:|\/|#)(?:\.\/)?/g, home) + rest;
}

function sitemap(paths, home) {
  const rows = paths.map((path) => `  <url><loc>${escaped(home + path)}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${rows.join("\n")}
</urlset>
`;
}
