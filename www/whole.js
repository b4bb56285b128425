// The whole program takes over from the small one, where that stands: the same address and step,
// the same focus, nothing scrolled.

import { curious, load, whole } from "./boot.js";

export async function takeOver(small, wish) {
  const program = await load(whole());
  const place = remember();
  const handed = small.leave(wish());
  // A new element: the listeners of the small program stay with the old one.
  const root = document.getElementById("app");
  const fresh = Object.assign(document.createElement("div"), { id: "app" });
  // It takes itself away in microtasks, before anything is painted.
  for (let turn = 0; root.firstChild && turn < 100; turn += 1) await null;
  root.replaceWith(fresh);
  program.app.mount(handed, []);
  curious(program);
  restore(place);
}

const root = () => document.getElementById("app");

/** The way to an element from the app's own: which child, of which child. */
function way(element) {
  const steps = [];
  for (let at = element; at !== root(); at = at.parentElement) {
    if (!at?.parentElement) return null;
    steps.unshift([...at.parentElement.children].indexOf(at));
  }
  return steps;
}

const along = (steps) => steps?.reduce((at, step) => at?.children[step], root());

function remember() {
  const scrolled = [...root().querySelectorAll("*")].filter((element) => element.scrollTop > 0);
  const unfolded = [...root().querySelectorAll(".side [aria-expanded=true]")];
  return {
    focus: way(document.activeElement),
    unfolded: unfolded.map(way),
    scrolled: scrolled.map((element) => [way(element), element.scrollTop]),
    top: document.scrollingElement.scrollTop,
  };
}

/** Frames in which the diagram comes to be: first its width is known, then it is drawn, then its step
 * is brought in sight. */
const FRAMES = 4;

function restore({ focus, unfolded, scrolled, top }, frame = 0) {
  for (const steps of unfolded) {
    const button = along(steps);
    if (button?.getAttribute("aria-expanded") === "false") button.click();
  }
  // A dialog that was asked for has taken the focus, or somebody has put it elsewhere.
  if (document.activeElement === document.body) along(focus)?.focus?.({ preventScroll: true });
  for (const [steps, top] of scrolled) {
    const element = along(steps);
    if (element) element.scrollTop = top;
  }
  document.scrollingElement.scrollTop = top;
  if (frame < FRAMES) requestAnimationFrame(() => restore({ focus, unfolded, scrolled, top }, frame + 1));
}
