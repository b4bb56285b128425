// <ackward-diagram>: a living sequence diagram in any page.
//
//   <script type="module" src="https://…/embed.js"></script>
//   <ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>
//
// Attributes: scenario or preset, settings, faults, messages, path, step, controls (transport,
// verdict, code, state), predict (asks for the outcome first), theme (light, dark, auto), height
// (pixels, or auto), label, load (visible: the program comes without a touch). Instead of a
// name, the scenario itself can stand inside, as JSON: in a <script type="application/json">, or as
// text. What else stands inside the element shows until the diagram is there, without script, and
// in print.
// Events: ackward-step, ackward-verdict. Methods: goTo(step), play(), pause().
//
// The diagram lives in a frame of its own: neither the host's styles nor its scripts meet it. It
// is loaded when the reader comes near. A scenario by its name alone is a drawing there, until the
// reader touches it; everything else needs the program at once. The frames of a page load the same files, so the browser
// fetches and compiles them once.

import { address } from "./embed-address.js";

/** The folder that this script, and the app with it, come from. */
const HOME = new URL("./", import.meta.url);
/** How near the reader must come. */
const NEAR = "600px";
const HEIGHT = 460;
/** What holds a scenario. */
const SCRIPT = ':scope > script[type="application/json"]';

const STYLE = `
  :host { display: block; margin: 1em 0; }
  :host([hidden]) { display: none; }
  iframe { display: block; width: 100%; border: 1px solid #8886; border-radius: 10px; background: #8881; color-scheme: normal; }
  .wait { display: block; min-height: var(--height); box-sizing: border-box; padding: 12px 16px; border: 1px solid #8886; border-radius: 10px; }
  .wait.over { display: none; }
  [hidden] { display: none; }
  @media print {
    iframe { display: none; }
    .wait, .wait.over { display: block; min-height: 0; }
    iframe.tall { display: block; height: var(--tall); }
    iframe.tall ~ .wait, .wait:has(~ iframe.tall) { display: none; }
  }
`;

/** What the host's page wears, where it says so in one of the usual ways; else null. */
function worn() {
  for (const element of [document.documentElement, document.body]) {
    const { theme, bsTheme, mdColorScheme, colorMode } = element.dataset;
    const named = [theme, bsTheme, mdColorScheme, colorMode, ...element.classList].filter(Boolean);
    for (const name of named) {
      if (/^(dark|slate|navy|coal|ayu)$/.test(name)) return "dark";
      if (/^(light|default|rust)$/.test(name)) return "light";
    }
  }
  return null;
}

class AckwardDiagram extends HTMLElement {
  static observedAttributes = [
    "scenario", "preset", "settings", "faults", "messages", "path", "step", "controls", "predict", "theme", "height",
    "label",
  ];

  #frame = null;
  #near = null;
  #host = null;
  #inside = new MutationObserver(() => this.#given());
  /** The scenario that stands inside, if one does. */
  #json = null;
  /** What was asked of the frame before it was there to hear it. */
  #waiting = [];
  #last = null;

  connectedCallback() {
    this.#json = this.#written();
    if (!this.shadowRoot) this.#build();
    this.#inside.observe(this, { childList: true, characterData: true, subtree: true });
    this.#near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#load(),
      { rootMargin: NEAR },
    );
    this.#near.observe(this);
    addEventListener("message", this.#heard);
    // The host may change its theme while the diagram is there.
    this.#host = new MutationObserver(() => this.#wear());
    for (const element of [document.documentElement, document.body]) {
      this.#host.observe(element, { attributes: true });
    }
  }

  disconnectedCallback() {
    this.#near?.disconnect();
    this.#host?.disconnect();
    this.#inside.disconnect();
    removeEventListener("message", this.#heard);
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#frame) return;
    if (name === "step") this.goTo(Number(after));
    else if (name === "theme") this.#wear();
    else if (name === "height") this.#frame.height = this.#height();
    else this.#show();
  }

  goTo(step) {
    if (Number.isInteger(step) && step >= 0) this.#tell(`goTo:${step}`);
  }

  play() {
    this.#tell("play");
  }

  pause() {
    this.#tell("pause");
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const wait = Object.assign(document.createElement("div"), { className: "wait" });
    wait.style.setProperty("--height", `${this.#height()}px`);
    const link = document.createElement("a");
    link.href = this.#address();
    link.textContent = this.getAttribute("label") ?? "Open the diagram in Ackward";
    wait.append(link);
    root.append(wait);
    this.#stand();
  }

  /** What stands in for the diagram: what the host wrote for it, or else a link. */
  #stand() {
    const wait = this.shadowRoot.querySelector(".wait");
    const own = [...this.childNodes].some((node) =>
      node instanceof Element ? !node.matches("script, style, template") : node instanceof Text && node.data.trim() !== "",
    );
    // A scenario that stands there as text is not for reading.
    const text = this.#json !== null && !this.querySelector(SCRIPT);
    const slot = wait.querySelector("slot");
    const link = wait.querySelector("a");
    if (own && !text && !slot) wait.append(document.createElement("slot"));
    if (!own || text) slot?.remove();
    link.hidden = own && !text;
    link.href = this.#address();
  }

  /** The JSON that stands inside the element, or null. */
  #written() {
    const script = this.querySelector(SCRIPT);
    const text = (script ?? this).textContent.trim();
    return script || text.startsWith("{") ? text : null;
  }

  /** What stands inside has changed, or is there only now. */
  #given() {
    const before = this.#json;
    this.#json = this.#written();
    this.#stand();
    if (!this.#frame || this.#json === before) return;
    if (before === null || this.#json === null) this.#show();
    else this.#give();
  }

  #give() {
    this.#post(`scenario:${this.#json}`);
    const step = Number(this.getAttribute("step") ?? 0);
    if (Number.isInteger(step) && step > 0) this.#post(`goTo:${step}`);
  }

  #height() {
    const asked = Number.parseInt(this.getAttribute("height") ?? "", 10);
    return asked >= 120 ? asked : HEIGHT;
  }

  /** The address of what is shown. */
  #address() {
    const theme = this.#theme();
    return new URL(
      address((name) => {
        if (name === "theme") return theme;
        if (name === "given") return this.#json === null ? null : "";
        return this.getAttribute(name);
      }),
      HOME,
    ).href;
  }

  #theme() {
    const asked = this.getAttribute("theme");
    if (asked === "light" || asked === "dark") return asked;
    return worn();
  }

  #load() {
    this.#near.disconnect();
    if (this.#frame) return;
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("label") ?? "Sequence diagram of message delivery";
    frame.height = this.#height();
    this.#frame = frame;
    this.#show();
    this.shadowRoot.append(frame);
    this.shadowRoot.querySelector(".wait").classList.add("over");
  }

  #show() {
    this.#last = null;
    // A new fragment alone would not load the page anew.
    const url = new URL(this.#address());
    url.searchParams.set("v", String(Math.random()).slice(2, 8));
    this.#frame.src = this.#frame.src ? url.href : this.#address();
  }

  #wear() {
    const theme = this.#theme() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    if (this.#frame) this.#tell(`theme:${theme}`);
  }

  #tell(text) {
    if (this.#last === null) this.#waiting.push(text);
    else this.#post(text);
  }

  #post(text) {
    this.#frame.contentWindow?.postMessage(`ackward:${text}`, HOME.origin);
  }

  #heard = (event) => {
    if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== HOME.origin) return;
    let told;
    try {
      told = JSON.parse(event.data) ?? {};
    } catch {
      return;
    }
    if (told.ackward === "height" && this.getAttribute("height") === "auto") {
      this.#frame.height = Math.max(120, Math.ceil(told.height) + 2);
    }
    if (told.ackward === "tall") {
      // A drawing that the program has not taken over yet is printed as a whole.
      this.#frame.classList.add("tall");
      this.#frame.style.setProperty("--tall", `${Math.ceil(told.height) + 2}px`);
    }
    if (told.ackward === "ready" && this.#json !== null) this.#give();
    if (told.ackward !== "step") return;
    const before = this.#last;
    this.#last = told;
    for (const text of this.#waiting.splice(0)) this.#tell(text);
    const { step, last, sentence, verdict, playing } = told;
    if (before?.step !== step) this.#say("ackward-step", { step, last, sentence, playing });
    if (JSON.stringify(before?.verdict) !== JSON.stringify(verdict)) this.#say("ackward-verdict", { step, verdict });
  };

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

if (!customElements.get("ackward-diagram")) customElements.define("ackward-diagram", AckwardDiagram);
