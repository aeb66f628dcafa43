// <aftershake-replay src="run.svg">: a recorded run as a picture, and as a replay once that is wanted.
//
// A classic script without dependencies. It fetches the picture, shows it, and loads aftershake-player.js (from beside
// this file) when somebody presses Play, or at once with start-at. Whatever a file says is copied element by element
// from a list of what a picture may hold; nothing of it is ever run. See docs/embedding.md.
(() => {
  "use strict";
  const NAME = "aftershake-replay";
  if (customElements.get(NAME)) return;

  const SVG = "http://www.w3.org/2000/svg";
  const ELEMENTS = new Set(["svg", "title", "desc", "g", "path", "rect", "circle", "text", "tspan"]);
  const ATTRIBUTES = new Set([
    "aria-label", "aria-roledescription", "class", "cx", "cy", "d", "data-at", "data-event", "height", "r", "role",
    "rx", "text-anchor", "transform", "viewBox", "width", "x", "y",
  ]);
  const LARGEST = 16 * 1024 * 1024;
  const here = document.currentScript ? document.currentScript.src : "";

  const WORDS = { play: "Play", quiz: "Take a guess", open: "Open in the playground", loading: "Loading…" };
  const LOOK = `
    :host { display: block; color-scheme: light dark; font: 14px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
      --ink: light-dark(#1d2327, #e7eaec); --soft: light-dark(#545d65, #a7b0b8); --line: light-dark(#e4e0d6, #2b3238);
      --card: light-dark(#fff, #1a1f23); --wash: light-dark(#f3f1ea, #1f252a); --accent: light-dark(#0b6e6e, #4fb8b0);
      --on-accent: light-dark(#fff, #0c1414);
      --desk: var(--aftershake-ground, light-dark(#fff, #14181b)); --rst: light-dark(#bd3d15, #ff8a5f); color: var(--ink); }
    :host([hidden]) { display: none; }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    .scroll { overflow-x: auto; }
    .scroll svg, .scroll img { display: block; max-width: 100%; height: auto; }
    .scroll svg { min-width: 560px; }
    .quiz .pill.reset, .quiz:not(.walked) svg > g { visibility: hidden; }
    .quiz .call.reset .block { fill: var(--soft); }
    .quiz .call.reset .result { fill: var(--soft); font-weight: 400; }
    .desk { position: sticky; top: var(--aftershake-top, 0px); z-index: 1; padding: 4px 0 8px; background: var(--desk); }
    .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; }
    button { font: inherit; font-weight: 600; min-height: 32px; padding: 4px 14px; border: 0; border-radius: 7px;
      background: var(--accent); color: var(--on-accent); cursor: pointer; }
    button.quiet { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px var(--line); font-weight: 400; }
    button:disabled { opacity: .5; cursor: default; }
    a { color: var(--accent); text-underline-offset: 2px; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .note { color: var(--soft); margin: 6px 0; }
    @media (forced-colors: active) { button { border: 1px solid; } }
    @media print { .desk { display: none; } }`;

  const sheet = (text) => {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    return made;
  };
  const look = sheet(LOOK);

  /** An element of HTML with text, which is never markup. */
  const make = (tag, properties = {}, text = "") => {
    const element = Object.assign(document.createElement(tag), properties);
    if (text) element.textContent = text;
    return element;
  };

  /** A copy of a picture's element with nothing in it that could act or fetch. */
  const copy = (from) => {
    const to = document.createElementNS(SVG, from.localName);
    for (const { name, value } of from.attributes) {
      if (ATTRIBUTES.has(name)) to.setAttribute(name, value);
    }
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
      else if (child.nodeType === Node.ELEMENT_NODE && ELEMENTS.has(child.localName)) to.append(copy(child));
    }
    return to;
  };

  /** The parts of a picture: the drawing, its style, the packed recording. Throws in words. */
  const read = (root) => {
    if (!root || root.localName !== "svg") throw new Error("no picture: expected an SVG that aftershake exported");
    const style = root.querySelector("style")?.textContent ?? "";
    return { svg: copy(root), style, packed: root.querySelector("metadata")?.textContent.trim() ?? "" };
  };

  /** The same of a file's text. Its style is cut out first: a host's policy would speak of it. */
  const parse = (text) => {
    const [from, until] = [text.indexOf("<style>"), text.indexOf("</style>")];
    const style = from >= 0 && until > from ? text.slice(from + 7, until) : "";
    const rest = style ? text.slice(0, from) + text.slice(until + 8) : text;
    const root = new DOMParser().parseFromString(rest, "image/svg+xml").documentElement;
    if (root.querySelector("parsererror")) throw new Error("the picture is damaged");
    return { ...read(root), style };
  };

  /** A picture's style in the theme that was asked for; a foreign one that would fetch is left out. */
  const styled = (style, theme) => {
    if (/url\(|@import|image-set\(|expression/i.test(style)) return "";
    const dark = { dark: "all", light: "not all" }[theme];
    return dark ? style.replaceAll("(prefers-color-scheme:dark)", dark) : style;
  };

  /** Takes the verdict out of a picture, and the room that it had. */
  const uncaption = (svg) => {
    for (const line of svg.querySelectorAll(".verdict, .why")) line.remove();
    const moved = /translate\(0 ([\d.]+)\)/.exec(svg.querySelector("g[transform]")?.getAttribute("transform") ?? "");
    const [, , width, height] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
    const card = svg.querySelector(".card");
    const room = Math.floor(Number(moved?.[1] ?? 0)) - 6;
    if (!(room > 0 && height > room && card)) return;
    svg.setAttribute("viewBox", `0 ${room} ${width} ${height - room}`);
    svg.setAttribute("height", height - room);
    card.setAttribute("y", room + 0.5);
    card.setAttribute("height", height - room - 1);
  };

  let player = null;
  /** Loads the player, once for all of a page. */
  const loadPlayer = (address) => {
    player ??= new Promise((done, failed) => {
      const script = make("script", { src: address, async: true });
      script.onload = () => done(globalThis.aftershakePlayer);
      script.onerror = () => {
        player = null;
        failed(new Error(`the player could not be loaded from ${address}`));
      };
      document.head.append(script);
    });
    return player;
  };

  class AftershakeReplay extends HTMLElement {
    static observedAttributes = ["theme"];
    #shadow = this.attachShadow({ mode: "open" });
    #parts = null;
    #watch = null;
    #stop = null;

    constructor() {
      super();
      this.#shadow.adoptedStyleSheets = [look];
      // What stands between the tags is shown until the picture is there, and without it.
      this.#shadow.append(make("slot"));
    }

    connectedCallback() {
      if (this.#parts) return;
      // What is far below is not fetched yet. The wheel, the keys and the history are the page's.
      this.#watch = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        this.#watch.disconnect();
        this.#show();
      }, { rootMargin: "400px" });
      this.#watch.observe(this);
    }

    disconnectedCallback() {
      this.#watch?.disconnect();
      this.#stop?.();
    }

    attributeChangedCallback() {
      if (this.#parts) this.#paint();
    }

    get isQuiz() {
      return this.getAttribute("mode") === "quiz";
    }

    async #show() {
      try {
        this.#parts = await this.#picture();
      } catch (error) {
        this.#fail(error);
        return;
      }
      const { svg } = this.#parts;
      const title = svg.querySelector("title")?.textContent ?? "";
      if (this.isQuiz || this.getAttribute("caption") === "none") uncaption(svg);
      if (this.isQuiz) {
        // The verdict is in words that only screen readers say, too.
        svg.setAttribute("aria-label", title);
        const description = svg.querySelector("desc");
        if (description) description.textContent = "";
      }
      const scroll = make("div", { className: this.isQuiz ? "scroll quiz" : "scroll", tabIndex: 0 });
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", title);
      scroll.append(svg);
      this.#paint();
      // Above the picture, where it stays in sight while a long run is walked through.
      const desk = make("div", { className: "desk" });
      desk.append(this.#bar());
      for (const part of [desk, scroll]) part.style.maxWidth = `${svg.getAttribute("width")}px`;
      this.#shadow.replaceChildren(desk, scroll);
      this.tell("ready", { title });
      if (this.hasAttribute("start-at")) await this.play();
    }

    /** The picture: between the tags in a template, or from src. */
    async #picture() {
      const address = this.getAttribute("src");
      const inside = this.querySelector("template")?.content.querySelector("svg");
      if (inside || !address) return read(inside ?? this.querySelector("svg"));
      const answer = await fetch(new URL(address, document.baseURI), { credentials: "omit", referrerPolicy: "no-referrer" });
      if (!answer.ok) throw new Error(`${address}: the server answers ${answer.status}`);
      const text = await answer.text();
      if (text.length > LARGEST) throw new Error(`${address}: more than ${LARGEST} letters`);
      return parse(text);
    }

    #paint() {
      this.#shadow.adoptedStyleSheets = [sheet(styled(this.#parts.style, this.getAttribute("theme"))), look];
    }

    #bar() {
      const bar = make("div", { className: "bar" });
      if (this.#parts.packed) {
        const play = make("button", { type: "button" }, this.isQuiz ? WORDS.quiz : WORDS.play);
        play.addEventListener("click", () => this.play(true));
        bar.append(play);
      }
      const link = this.getAttribute("link");
      if (link && /^(https?:|[^:]*$)/i.test(link)) {
        bar.append(make("a", { href: link, target: "_blank", rel: "noopener" }, WORDS.open));
      }
      return bar;
    }

    /** Loads the player and begins. */
    async play(wasPressed = false) {
      const bar = this.#shadow.querySelector(".bar");
      const button = bar?.querySelector("button");
      if (!button) return;
      button.disabled = true;
      button.textContent = WORDS.loading;
      try {
        const at = this.getAttribute("player") ?? "aftershake-player.js";
        const { begin } = await loadPlayer(new URL(at, here || document.baseURI).href);
        const { svg, packed } = this.#parts;
        const tell = (name, detail) => this.tell(name, detail);
        const options = { quiz: this.isQuiz, startAt: this.getAttribute("start-at"), wasPressed };
        this.#stop = await begin({ svg, packed, shadow: this.#shadow, bar, make, sheet, tell, options });
      } catch (error) {
        this.#fail(error);
        button.disabled = false;
        button.textContent = WORDS.play;
      }
    }

    /** An event for the page around: aftershake-ready, -step, -verdict, -error. */
    tell(name, detail) {
      this.dispatchEvent(new CustomEvent(`aftershake-${name}`, { detail, bubbles: true, composed: true }));
    }

    #fail(error) {
      this.tell("error", { message: error.message });
      const src = this.getAttribute("src");
      if (!this.#parts && src && !this.firstElementChild) {
        // Another origin that lets its pictures be seen, and not read.
        const scroll = make("div", { className: "scroll" });
        scroll.append(make("img", { src, alt: this.getAttribute("alt") ?? "A recorded TCP run" }));
        this.#shadow.replaceChildren(scroll);
      } else {
        this.#shadow.append(make("p", { className: "note" }, error.message));
      }
    }
  }

  customElements.define(NAME, AftershakeReplay);
})();
