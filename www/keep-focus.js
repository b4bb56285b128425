// Keeps the keyboard focus near its place: when the focused element is removed, the nearest focusable
// ancestor gets the focus instead of the document body.

/** The focused element and its ancestors. */
let path = [];
addEventListener("focusin", ({ target }) => {
  path = [];
  for (let at = target; at; at = at.parentElement) path.push(at);
});
// A press elsewhere gives the focus up on purpose.
addEventListener("pointerdown", () => (path = []), { capture: true });
new MutationObserver(() => {
  if (document.activeElement !== document.body || (path[0]?.isConnected ?? true)) return;
  path.filter((part) => part.isConnected && part.hasAttribute("tabindex")).some((part) => {
    part.focus({ preventScroll: true });
    return document.activeElement === part;
  });
  path = [];
}).observe(document.body, { childList: true, subtree: true });
