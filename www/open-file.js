// Reads a file that was chosen, and hands its text to the page.

/** More is no scenario: the page itself asks for less. */
const LARGEST = 2_000_000;

export async function open(input) {
  const [file] = input.files;
  // Chosen again, the same file is read again.
  const done = () => { input.value = ""; };
  if (!file) return;
  try {
    if (file.size > LARGEST) throw new Error(`it has ${Math.round(file.size / 1e6)} MB, and a scenario has a few kB`);
    dispatchEvent(new CustomEvent("ackward-opened", { detail: await file.text() }));
  } catch (error) {
    dispatchEvent(new CustomEvent("ackward-unread", { detail: `${file.name} could not be read: ${error?.message ?? error}.` }));
  }
  done();
}

/** What the importer takes of a configuration file, in bytes (src/import.rs). */
const LARGEST_CONFIGURATION = 2 ** 20;
/** More files at once are no configuration. */
const MOST = 20;

/** Reads the files of a field or of what was dropped, and hands their names and texts to the page
 * that checks them. */
export async function openAll(from) {
  const [files, problems] = [[], []];
  const list = [...from.files];
  // Chosen again, the same file is read again.
  if ("value" in from) from.value = "";
  for (const file of list.slice(0, MOST)) {
    if (file.size > LARGEST_CONFIGURATION) {
      problems.push(`${file.name} is larger than 1 MiB and was not taken. Give only the part that configures the messaging.`);
      continue;
    }
    try {
      files.push([file.name, await file.text()]);
    } catch (error) {
      problems.push(`${file.name} could not be read: ${error?.message ?? error}.`);
    }
  }
  if (list.length > MOST) problems.push(`Only the first ${MOST} files were taken.`);
  dispatchEvent(new CustomEvent("ackward-files", { detail: JSON.stringify({ files, problems }) }));
}
