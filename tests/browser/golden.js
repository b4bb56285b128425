// The native traces under tests/golden, read as what the page must say. The native tests hold the
// same files against the model, so there is one truth.

import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../golden/traces/", import.meta.url);

/** The ids of all scenarios. */
export const IDS = readdirSync(folder).map((name) => name.replace(".txt", ""));

/** The whole text of a run. */
export const text = (id) => readFileSync(new URL(`${id}.txt`, folder), "utf8");

/** A run: its title, the sentence of each step, how each message ends, the remarks, the test. */
export function golden(id) {
  const lines = text(id).trimEnd().split("\n");
  const steps = lines.flatMap((line) => line.match(/^ *\d+ (?:⚡| ) (.*)$/)?.[1] ?? []);
  const endings = [];
  const remarks = [];
  let test = null;
  for (const line of lines.slice(lines.lastIndexOf("") + 1)) {
    const fate = line.match(/^(m\d): (.*) \(stored (\d+), processed (\d+), applied (\d+); producer received: (.*)\)$/);
    const mails = line.match(/^ +emails sent: (\d+)$/);
    const result = line.match(/^test (passed|failed): (.*?\.) ?(.*)$/);
    if (fate) {
      const [, message, outcome, stored, handled, applied, told] = fate;
      endings.push({ message, outcome, counts: [stored, handled, applied].map((n) => `${n}×`), told });
    } else if (mails) {
      endings.at(-1).counts.push(`${mails[1]}×`);
    } else if (result) {
      test = { passed: result[1] === "passed", says: result.slice(2).filter(Boolean) };
    } else {
      remarks.push(line);
    }
  }
  return { title: lines[0], steps, endings, remarks, test };
}
