// Starts the playground. A file of its own because the page's policy allows no inline script.
import init from "./aftershake-web.js";

// On a static site the page may stand in a frame; a page that an agent serves never looks at this.
const isSite = document.querySelector("meta[name=aftershake-recordings]") !== null;
let drawn = () => {};
if (isSite && new URLSearchParams(location.search).get("embed") === "1") {
  const { embed } = await import("./embed.js");
  drawn = embed();
}

init({ module_or_path: "./aftershake-web_bg.wasm" }).then(() => drawn()).catch((error) => {
  const note = document.createElement("p");
  note.className = "start-failed";
  note.textContent = `The playground could not start: ${error}`;
  document.body.append(note);
});
