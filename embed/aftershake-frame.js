// Gives each <iframe data-aftershake> the height that the playground inside of it says. For the page around.
addEventListener("message", ({ data, source, origin }) => {
  if (data?.aftershake !== 1 || data.type !== "height" || !Number.isFinite(data.height)) return;
  for (const frame of document.querySelectorAll("iframe[data-aftershake]")) {
    if (frame.contentWindow !== source || new URL(frame.src).origin !== origin) continue;
    frame.style.height = `${Math.min(6000, Math.max(120, Math.ceil(data.height)))}px`;
  }
});
