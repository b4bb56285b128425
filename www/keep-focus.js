// Who uses the keyboard stays where they are: when the element with the focus is taken away, the
// nearest part of the page around it gets the focus, and not the page as a whole.

/** The element that has the focus, and all around it. */
let path = [];
addEventListener("focusin", ({ target }) => {
  path = [];
  for (let at = target; at; at = at.parentElement) path.push(at);
});
// Whoever presses elsewhere has left it.
addEventListener("pointerdown", () => (path = []), { capture: true });
new MutationObserver(() => {
  if (document.activeElement !== document.body || (path[0]?.isConnected ?? true)) return;
  path.filter((part) => part.isConnected && part.hasAttribute("tabindex")).some((part) => {
    part.focus({ preventScroll: true });
    return document.activeElement === part;
  });
  path = [];
}).observe(document.body, { childList: true, subtree: true });
