// The playground inside of somebody else's page: says how high it is, and where it can be seen whole.
//
// Only pages of a static site load this. It hears no messages, keeps nothing and leaves the history alone.
const LONGEST = 20000;

// Sets the colours at once; gives what is to be done when the page has been drawn, which empties the body first.
export function embed() {
  const query = new URLSearchParams(location.search);
  const root = document.documentElement;
  root.dataset.embed = "";
  const theme = query.get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  return () => {
    const link = document.createElement("a");
    link.className = "embed-open";
    link.target = "_blank";
    link.rel = "noopener";
    const scenario = query.get("scenario");
    const named = scenario === null ? "" : `?scenario=${encodeURIComponent(scenario)}`;
    // What is shown here, and nothing else: a link's scenario goes along byte for byte.
    link.href = location.pathname + named + location.hash;
    link.textContent = "Open in the playground";
    document.body.append(link);
    if (parent === window) return;
    let told = 0;
    // A frame that is high enough needs no scroll bar, and the browser keeps the one it had.
    const fit = () => {
      root.style.overflowY = innerHeight >= told ? "hidden" : "auto";
    };
    addEventListener("resize", fit);
    const tell = () => {
      const height = Math.min(LONGEST, Math.ceil(document.body.getBoundingClientRect().height));
      if (height === told) return;
      told = height;
      fit();
      // A height is no secret, and the host's origin is not known here.
      parent.postMessage({ aftershake: 1, type: "height", height }, "*");
    };
    new ResizeObserver(tell).observe(document.body);
  };
}
