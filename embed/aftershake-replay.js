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

  // A picture's look, as the export writes it; a file's own style is never taken.
  const DRAWN = `
svg{color-scheme:light dark;--card:#fff;--ink:#1d2327;--soft:#5d666e;--faint:#7d868d;--line:#e6e3db;--wash:#f3f1ea;--syn:#1f8a5b;--data:#2563a8;--ack:#87919a;--fin:#7a4fa3;--rst:#c7421a;--rstwash:#fbeae3;--est:#cfe3dc;--half:#d9dfee;--listen:#e6e4dc;--closed:#f1ece5;--queue:#f0b775;--mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){svg{--card:#1a1f23;--ink:#e7eaec;--soft:#a3adb5;--faint:#87929b;--line:#2f373d;--wash:#252c31;--syn:#5cc796;--data:#7fb2ea;--ack:#8a959e;--fin:#bd97e6;--rst:#ff8a5f;--rstwash:#3a241c;--est:#244a41;--half:#2c3850;--listen:#30373c;--closed:#2a2725;--queue:#b87a35}}
.card{fill:var(--card);stroke:var(--line)}
.verdict{font-size:18px;font-weight:650;letter-spacing:-.01em;fill:var(--ink)}
.why{font-size:13px;fill:var(--soft)}
.lane{font-size:13px;font-weight:600;fill:var(--ink)}
.sub,.time{font:10.5px var(--mono);fill:var(--faint)}
.tick{stroke:var(--line);stroke-dasharray:1 4}
.edge{stroke:var(--faint);fill:none}.omitted{stroke-dasharray:2 4}
.gap{stroke:var(--faint);fill:none;stroke-width:1.3}
.leader{stroke:var(--line);fill:none}
.block{fill:var(--soft)}
.parked{fill:none;stroke:var(--faint);stroke-dasharray:3 3}
.name{font:12px var(--mono);fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
.result{fill:var(--faint)}
.failed .result{fill:var(--ink);font-weight:600}
.reset .block{fill:var(--rst)}
.reset .result{fill:var(--rst);font-weight:600}
.est{fill:var(--est)}.half{fill:var(--half)}.listen{fill:var(--listen)}.closed{fill:var(--closed)}
.fade{opacity:.55}
.state{font-size:8.2px;letter-spacing:.08em;fill:var(--soft)}
.unread{fill:var(--queue)}.unsent,.backlog{fill:var(--ack)}
path.unread{fill:none;stroke:var(--queue)}path.unsent,path.backlog{fill:none;stroke:var(--ack)}
.queued{font:10.5px var(--mono);fill:var(--soft)}
.pill rect{fill:var(--wash)}.pill text{font:10.5px var(--mono);fill:var(--soft)}
.pill.reset rect{fill:var(--rstwash)}.pill.reset text{fill:var(--rst)}
.pill.remark rect{fill:var(--card);stroke:var(--line)}
.line{fill:none;stroke-width:1.6}
.flags{font-weight:600}
.detail{fill:var(--soft)}
.seg text{font:11px var(--mono)}
.seg text{paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}
.cross,.bar{fill:none;stroke-width:2.2}
.syn .line,.syn .bar{stroke:var(--syn)}.syn .head,.syn .flags{fill:var(--syn)}
.data .line{stroke:var(--data);stroke-width:2.4}.data .head,.data .flags{fill:var(--data)}
.ack .line{stroke:var(--ack);stroke-dasharray:5 3}.ack .head{fill:var(--ack)}.ack .flags{fill:var(--faint)}
.fin .line{stroke:var(--fin);stroke-dasharray:9 2}.fin .bar{stroke:var(--fin)}.fin .head,.fin .flags{fill:var(--fin)}
.rst .line{stroke:var(--rst);stroke-width:2.4}.rst .cross{stroke:var(--rst)}.rst .flags{fill:var(--rst)}`;
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

  /** The parts of a picture: the drawing and the packed recording. Throws in words. */
  const read = (root) => {
    if (!root || root.localName !== "svg") throw new Error("no picture: expected an SVG that aftershake exported");
    return { svg: copy(root), packed: root.querySelector("metadata")?.textContent.trim() ?? "" };
  };

  /** The same of a file's text. Its style is cut out first: a host's policy would speak of it. */
  const parse = (text) => {
    const rest = text.replace(/<style[^]*?<\/style>/g, "");
    const root = new DOMParser().parseFromString(rest, "image/svg+xml").documentElement;
    if (root.querySelector("parsererror")) throw new Error("the picture is damaged");
    return read(root);
  };

  /** The look of pictures in the theme that was asked for. */
  const drawn = (theme) => {
    const dark = { dark: "all", light: "not all" }[theme];
    return dark ? DRAWN.replace("(prefers-color-scheme:dark)", dark) : DRAWN;
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
    #drawn = sheet("");
    #parts = null;
    #watch = null;
    #stop = null;

    constructor() {
      super();
      this.#shadow.adoptedStyleSheets = [this.#drawn, look];
      // What stands between the tags is shown until the picture is there, and without it.
      this.#shadow.append(make("slot"));
    }

    connectedCallback() {
      if (this.#parts) return;
      // What is far below is not fetched yet. The wheel and the history are the page's, and so are the
      // keys, but for left and right on a picture that is being walked through.
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
      this.#drawn.replaceSync(drawn(this.getAttribute("theme")));
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
