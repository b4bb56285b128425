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
