// Beneath each embed the code for it, with addresses that work from anywhere.

/** Without the room that all lines but the first have before them. */
function flush(code) {
  const [first, ...lines] = code.split("\n");
  const room = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return [first, ...lines.map((line) => line.slice(room))].join("\n");
}

const home = new URL("./", import.meta.url).href;

for (const shown of document.querySelectorAll("ackward-diagram, section > iframe")) {
  const copy = shown.cloneNode(shown.querySelector("script") !== null);
  if (copy.src) copy.src = new URL(shown.getAttribute("src"), home).href;
  const script = copy.matches("iframe") ? "" : `<script type="module" src="${home}embed.js"></script>\n`;
  const code = Object.assign(document.createElement("div"), { className: "code" });
  const text = Object.assign(document.createElement("pre"), { textContent: script + flush(copy.outerHTML), tabIndex: 0 });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      // Not allowed: the text is selected, and the keys do the rest.
      getSelection().selectAllChildren(text);
      button.textContent = "Press Ctrl+C";
    }
  });
  code.append(text, button);
  shown.after(code);
}
