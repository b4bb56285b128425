// Beneath each embed the code for it, with addresses that work from anywhere.

const home = new URL("./", import.meta.url).href;

for (const shown of document.querySelectorAll("ackward-diagram, section > iframe")) {
  const copy = shown.cloneNode(false);
  if (copy.src) copy.src = new URL(shown.getAttribute("src"), home).href;
  const script = copy.matches("iframe") ? "" : `<script type="module" src="${home}embed.js"></script>\n`;
  const code = Object.assign(document.createElement("div"), { className: "code" });
  const text = Object.assign(document.createElement("pre"), { textContent: script + copy.outerHTML, tabIndex: 0 });
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
