// Starts the playground. A file of its own because the page's policy allows no inline script.
import init from "./aftershake-web.js";

init({ module_or_path: "./aftershake-web_bg.wasm" }).catch((error) => {
  const note = document.createElement("p");
  note.className = "start-failed";
  note.textContent = `The playground could not start: ${error}`;
  document.body.append(note);
});
