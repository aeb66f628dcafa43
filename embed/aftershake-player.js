// The replay's player: walks through a picture's events, says each in a sentence, and the verdict at the end.
//
// A classic script that aftershake-replay.js loads when it is wanted. The recording is unpacked out of the picture; its
// closing line says the verdict, so nothing is judged here. Every text is set as text.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const FORMAT = 1;
  const LARGEST = 64 * 1024 * 1024;
  /** Milliseconds that one event is shown while playing, at least and for each letter of its sentence. */
  const DWELL = 700;
  const LETTER = 12;
  const WORDS = {
    back: "Back", next: "Next", play: "Play", pause: "Pause", again: "From the start", moment: "Event",
    guess: "How does it end?", reveal: "Show me", right: "Right.", wrong: "Not this time.", seen: "What the programs saw",
  };
  const OUTCOMES = {
    closed: "closed in order", reset: "reset", refused: "refused", "timed-out": "timed out", open: "still open",
  };
  const LOOK = `
    .later { opacity: .13; }
    .now .name, .now .flags { font-weight: 700; text-decoration: underline; text-underline-offset: 3px; }
    .curtain { fill: var(--card, #fff); opacity: .82; pointer-events: none; }
    [data-event] { cursor: pointer; }
    .bar input { flex: 1 1 160px; min-height: 28px; accent-color: var(--accent); }
    .where { min-width: 11ch; color: var(--soft); font-variant-numeric: tabular-nums; }
    .sentence { min-height: 3em; margin: 6px 0 0; }
    .end { box-sizing: border-box; margin: 8px 0; padding: 14px 18px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
    .end p { margin: 6px 0 0; max-width: 76ch; }
    .end .headline { margin: 0; font-size: 17px; font-weight: 650; line-height: 1.35; }
    .end .cause { color: var(--soft); font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
    .guesses { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
    [hidden] { display: none; }
    @media (prefers-reduced-motion: no-preference) { .later, [data-event], .curtain { transition: opacity 160ms; } }`;

  /** CRC-32 as in zip and PNG (RFC 1952 §8). */
  const crc32 = (bytes) => {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
    }
    return ~sum >>> 0;
  };

  /** The text of a packed recording: base64url of a checksum and a raw deflate stream. */
  const unpack = async (letters) => {
    const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const packed = bytes.subarray(4);
    const isWhole = bytes.length > 4 && new DataView(bytes.buffer).getUint32(0, true) === crc32(packed);
    if (!isWhole) throw new Error("letters are missing, changed or added");
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
      if (text.length > LARGEST) throw new Error("the recording is too large to be played here");
    }
  };

  /** Header and verdict of a recording. Throws in words. */
  const recorded = async (packed) => {
    let lines;
    try {
      lines = (await unpack(packed)).trimEnd().split("\n");
    } catch (error) {
      throw new Error(`the picture's recording is damaged: ${error.message}`);
    }
    const [header, closing] = [lines[0], lines[lines.length - 1]].map((line) => JSON.parse(line));
    if (header.aftershake_recording > FORMAT) {
      throw new Error(`recording format ${header.aftershake_recording} is newer than the newest known, ${FORMAT}`);
    }
    if (closing.events !== lines.length - 2) throw new Error("the recording was cut off");
    const calls = lines.slice(1, -1).filter((line) => line.includes('"what":{"call":'));
    const names = [...new Set(calls.map((line) => JSON.parse(line).what.call.by))];
    return { names, verdict: closing.verdict };
  };

  /** How a run ended, in words: what a guess is compared with. */
  const ending = ({ outcome, resets }) => {
    const by = outcome === "reset" ? resets.find((reset) => reset.accepted)?.sent_by ?? resets[0]?.sent_by : null;
    return by ? `${OUTCOMES.reset} by ${by}` : OUTCOMES[outcome] ?? outcome;
  };

  const bottom = (event) => {
    const shapes = [...event.querySelectorAll("path.line, rect")];
    return Math.max(0, ...shapes.map((shape) => { const box = shape.getBBox(); return box.y + box.height; }));
  };

  const begin = async ({ svg, packed, shadow, bar, make, sheet, tell, options }) => {
    const { names, verdict } = await recorded(packed);
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet(LOOK)];
    const groups = [...svg.querySelectorAll("[data-event]")];
    const events = groups
      .map((group) => ({
        group, id: Number(group.dataset.event), at: Number(group.dataset.at),
        sentence: group.querySelector("title")?.textContent ?? "",
      }))
      .sort((a, b) => a.at - b.at);
    let reach = 0;
    for (const event of events) event.bottom = reach = Math.max(reach, bottom(event.group));
    const last = events.length;
    const curtain = document.createElementNS(SVG, "rect");
    curtain.setAttribute("class", "curtain");
    curtain.setAttribute("x", "1.5");
    curtain.setAttribute("width", Math.max(0, svg.viewBox.baseVal.width - 3));
    groups[0]?.parentNode.append(curtain);
    const height = svg.viewBox.baseVal.y + svg.viewBox.baseVal.height;

    const button = (text, act, className = "quiet") => {
      const made = make("button", { type: "button", className }, text);
      made.addEventListener("click", act);
      return made;
    };
    const sentence = make("p", { className: "sentence" });
    sentence.setAttribute("aria-live", "polite");
    const end = make("div", { className: "end", hidden: true });
    end.setAttribute("role", "region");
    end.setAttribute("aria-label", "Verdict");
    const slider = make("input", { type: "range", min: 0, max: last, step: 1 });
    slider.setAttribute("aria-label", WORDS.moment);
    const where = make("span", { className: "where" });
    const link = bar.querySelector("a");
    let [at, timer, isPlaying, isTold] = [0, null, false, !options.quiz || !verdict];
    // A guess is asked for before the segment that decides, or at the end.
    const decisive = verdict?.resets.find((reset) => reset.accepted)?.segment;
    const stop = events.findIndex(({ group, id }) => (decisive ? id === decisive : group.classList.contains("fin")));
    const limit = () => (isTold || stop < 0 ? last : stop);

    const pause = () => {
      clearTimeout(timer);
      isPlaying = false;
      play.textContent = at === last ? WORDS.again : WORDS.play;
    };
    const tick = () => {
      if (at === limit()) return pause();
      go(at + 1);
      const { length } = events[at - 1].sentence;
      timer = setTimeout(tick, DWELL + LETTER * length);
    };
    const play = button(WORDS.play, () => {
      if (isPlaying) return pause();
      if (at === last) go(0);
      isPlaying = true;
      play.textContent = WORDS.pause;
      tick();
    }, "");
    const step = (by) => () => {
      pause();
      go(at + by);
    };

    /** Shows the run up to the event of that number, counted from 1; 0 is before the first. */
    const go = (to) => {
      at = Math.min(limit(), Math.max(0, to));
      events.forEach(({ group }, index) => {
        group.classList.toggle("later", index >= at);
        group.classList.toggle("now", index === at - 1 && at < last);
      });
      const now = events[at - 1];
      const y = now ? now.bottom + 12 : 44;
      curtain.setAttribute("y", y);
      curtain.setAttribute("height", at === last ? 0 : Math.max(0, height - y));
      slider.value = at;
      slider.setAttribute("aria-valuetext", now?.sentence ?? "before the first event");
      where.textContent = now ? `${at} of ${last}, ${(now.at / 1e6).toFixed(3)} ms` : `0 of ${last}`;
      sentence.textContent = now?.sentence ?? "";
      back.disabled = at === 0;
      next.disabled = at === limit();
      play.disabled = at === limit() && at < last;
      if (now) tell("step", { event: now.id, at_ns: now.at, sentence: now.sentence });
      if (at === limit()) finish();
      else end.hidden = !hasGuessed;
      if (!isPlaying) pause();
    };

    let hasGuessed = false;
    const reveal = (guess) => {
      const truth = ending(verdict);
      const goesOn = !isTold;
      isTold = true;
      hasGuessed = goesOn;
      shadow.querySelector(".quiz")?.classList.remove("quiz");
      tell("verdict", { outcome: verdict.outcome, headline: verdict.headline, ending: truth, guess, right: guess === null ? null : guess === truth });
      end.replaceChildren();
      if (guess !== null) end.append(make("p", {}, `${guess === truth ? WORDS.right : WORDS.wrong} It was ${truth}.`));
      end.append(make("p", { className: "headline" }, verdict.headline));
      if (verdict.explanation) end.append(make("p", {}, verdict.explanation));
      for (const reset of verdict.resets) {
        end.append(make("p", { className: "cause" }, `${reset.candidates.join(" or ")}, ${reset.certainty}, sent by ${reset.sent_by}`));
        if (reset.fix) end.append(make("p", {}, reset.fix));
      }
      const saw = verdict.saw.map((one) => `${one.by}: ${one.signature} = ${one.result}`);
      if (saw.length) end.append(make("p", {}, `${WORDS.seen}: ${saw.join("; ")}`));
      if (goesOn && at < last) play.click();
    };
    const finish = () => {
      // A recording of an early version says no verdict.
      end.hidden = !verdict;
      if (isTold || !verdict) {
        if (verdict && !end.firstChild) reveal(null);
        return;
      }
      const asked = make("div", { className: "guesses" });
      const others = ["third-party", ...names].map((name) => `${OUTCOMES.reset} by ${name}`);
      const known = ["closed", "refused", "timed-out"].map((outcome) => OUTCOMES[outcome]);
      const choices = new Set([...others, ...known, ending(verdict)]);
      for (const choice of [...choices].sort()) asked.append(button(choice, () => reveal(choice)));
      asked.append(button(WORDS.reveal, () => reveal(null)));
      end.replaceChildren(make("p", { className: "headline" }, WORDS.guess), asked);
    };

    const back = button(WORDS.back, step(-1));
    const next = button(WORDS.next, step(1));
    slider.addEventListener("input", () => {
      pause();
      go(Number(slider.value));
    });
    // Left and right on the picture walk too, while there is where to. Where it is wider than its room they scroll it,
    // and every other key is the page's.
    const walk = (press) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[press.key];
      if (!by || press.ctrlKey || press.metaKey || press.altKey || press.shiftKey) return;
      const isStuck = at + by < 0 || at + by > limit();
      if (isStuck || scroll.scrollWidth > scroll.clientWidth) return;
      press.preventDefault();
      step(by)();
    };
    const scroll = shadow.querySelector(".scroll");
    scroll.addEventListener("keydown", walk);
    svg.addEventListener("click", (press) => {
      const group = press.target.closest("[data-event]");
      const index = events.findIndex((event) => event.group === group);
      if (index < 0) return;
      pause();
      go(index + 1);
    });
    bar.replaceChildren(play, back, next, slider, where, ...(link ? [link] : []));
    bar.after(sentence);
    // A question stands by the controls, a verdict below the story.
    if (options.quiz) scroll.before(end);
    else scroll.after(end);
    end.style.maxWidth = bar.parentNode.style.maxWidth;
    scroll.classList.add("walked");
    const wanted = options.startAt;
    if (wanted === "end") go(last);
    else if (/^\d+$/.test(wanted ?? "")) go(events.findIndex((event) => event.id >= Number(wanted)) + 1 || last);
    else {
      go(0);
      play.click();
    }
    if (options.wasPressed) play.focus({ preventScroll: true });
    return pause;
  };

  globalThis.aftershakePlayer = { begin };
})();
