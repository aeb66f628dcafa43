"""The smallest Sphinx project with Markdown and a picture."""

project = "Resets"
extensions = ["myst_parser"]
html_theme = "alabaster"
exclude_patterns = ["_build"]
html_static_path = ["_static"]  # with aftershake-replay.js and aftershake-player.js in it
html_js_files = ["aftershake-replay.js"]
