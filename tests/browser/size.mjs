// Bytes of a folder, raw and as brotli, per file and in all. `--limit` makes too much an error.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** What a first visit may fetch in all, in bytes of brotli. */
const LIMIT = 260 * 1000;

const folder = process.argv[2] ?? "dist";
const rows = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const bytes = readFileSync(join(entry.parentPath ?? entry.path, entry.name));
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    return { name: entry.name, raw: bytes.length, brotli: brotli.length };
  })
  .sort((a, b) => b.brotli - a.brotli);
const total = rows.reduce(
  (sum, row) => ({ name: "in all", raw: sum.raw + row.raw, brotli: sum.brotli + row.brotli }),
  { raw: 0, brotli: 0 },
);

const line = (name, raw, brotli) => `${name.padEnd(44)}${String(raw).padStart(10)}${String(brotli).padStart(10)}`;
console.log(line("", "raw", "brotli"));
for (const row of [...rows, total]) console.log(line(row.name, row.raw, row.brotli));

if (process.argv.includes("--limit") && total.brotli > LIMIT) {
  console.error(`${total.brotli} bytes of brotli are more than ${LIMIT}`);
  process.exit(1);
}
