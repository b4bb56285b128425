// Hands over what the page has made: copies, shares or saves it. Answers with a sentence.

const KINDS = {
  svg: "image/svg+xml",
  html: "text/html;charset=utf-8",
  json: "application/json",
  txt: "text/plain;charset=utf-8",
};

export async function take(how, name, content) {
  try {
    switch (how) {
      case "link":
        await navigator.clipboard.writeText(content);
        return "The link is copied.";
      case "share":
        await navigator.share({ title: name, url: content });
        return "Shared.";
      case "copy":
        await navigator.clipboard.writeText(content);
        return `${name} is copied.`;
      case "copy-png":
        // A promise: Safari forgets that it was a click while the picture is drawn.
        await navigator.clipboard.write([new ClipboardItem({ "image/png": raster(content) })]);
        return `${name} is copied.`;
      case "png":
        save(name, await raster(content));
        return `Saved as ${name}.`;
      default:
        save(name, new Blob([content], { type: KINDS[name.split(".").pop()] ?? "text/plain" }));
        return `Saved as ${name}.`;
    }
  } catch (error) {
    // Who closes the device's own dialog has changed their mind.
    if (error?.name === "AbortError") return "Not shared.";
    return `That did not work here: ${error?.message ?? error}`;
  }
}

function save(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The drawing at twice its size. */
async function raster(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the drawing is too large for this browser; take the SVG instead");
  return blob;
}
