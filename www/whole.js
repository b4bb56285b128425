// The whole program takes over from the small one, where that stands: the same address and step,
// the same focus, nothing scrolled.

import { curious, load, whole } from "./main.js";

export async function takeOver(small, wish) {
  const program = await load(whole());
  const asked = wish();
  const { handed, place } = await left(small, asked);
  const old = root();
  await emptied(old);
  // A new element: the listeners of the small program stay with the old one.
  const fresh = Object.assign(document.createElement("div"), { id: "app" });
  old.replaceWith(fresh);
  program.app.mount(handed, []);
  curious(program);
  restore(place);
  // A dialog that was asked for opens while nothing has the focus that it could give back.
  // It has the focus until its content is gone, which comes after it was closed.
  const back = () => requestAnimationFrame(() => setTimeout(() => focusAlong(place.focus, true)));
  if (asked) addEventListener("close", back, { capture: true, once: true });
}

/** What the small program says of where it stands, after all that it was told before. It may have been
 * told more than it has got round to. */
const left = (small, wish) =>
  new Promise((done) => {
    const told = ({ detail }) => done({ handed: detail, place: remember() });
    addEventListener("ackward-left", told, { once: true });
    small.leave(wish);
  });

/** Before anything is painted. */
const emptied = (old) =>
  new Promise((done) => {
    const look = () => old.firstChild || done();
    new MutationObserver(look).observe(old, { childList: true });
    look();
  });

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

/** Focuses the element at the end of the way, if nothing else has the focus: or, where that is gone,
 * as is a button that asked for the whole program, the last before it that takes the focus. */
function focusAlong(steps, orBefore) {
  const ways = steps ? steps.map((_, end) => steps.slice(0, end + 1)).reverse() : [];
  for (const way of orBefore ? ways : ways.slice(0, 1)) {
    if (document.activeElement === document.body) along(way)?.focus?.({ preventScroll: true });
  }
}

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

/** Frames after the one in which the diagram is drawn: it may be laid out once more. */
const MORE = 3;
/** Frames in which it is there on the slowest machine. */
const MOST = 200;
/** Whoever does one of these is not to be scrolled any more. */
const HANDS = ["keydown", "pointerdown", "touchstart", "wheel"];

function restore({ focus, unfolded, scrolled, top }) {
  const done = new AbortController();
  for (const name of HANDS) addEventListener(name, () => done.abort(), { signal: done.signal, capture: true });
  let frames = 0;
  let drawn = 0;
  const again = () => {
    if (done.signal.aborted) return;
    for (const steps of unfolded) {
      const button = along(steps);
      if (button?.getAttribute("aria-expanded") === "false") button.click();
    }
    // A dialog that was asked for has taken the focus, or somebody has put it elsewhere.
    focusAlong(focus, drawn > 0);
    for (const [steps, top] of scrolled) {
      const element = along(steps);
      if (element) element.scrollTop = top;
    }
    document.scrollingElement.scrollTop = top;
    const main = root().querySelector("main");
    const waiting = !main?.firstChild || (main.querySelector(".stage") && !main.querySelector(".diagram.body text"));
    drawn += waiting ? 0 : 1;
    frames += 1;
    if (drawn > MORE || frames > MOST) done.abort();
    else requestAnimationFrame(again);
  };
  again();
}
