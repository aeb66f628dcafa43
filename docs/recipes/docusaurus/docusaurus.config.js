// The smallest Docusaurus site with a picture: documents only, at the root.

// Lets a page import a text.
const texts = () => ({
  name: "texts",
  configureWebpack: () => ({ module: { rules: [{ test: /\.txt$/, type: "asset/source" }] } }),
});

export default {
  title: "Resets",
  url: "https://example.org",
  baseUrl: "/",
  baseUrlIssueBanner: false, // an inline script, which a strict policy refuses
  onBrokenMarkdownLinks: "throw",
  scripts: [{ src: "/aftershake-replay.js", defer: true }],
  plugins: [texts],
  presets: [["classic", { docs: { routeBasePath: "/" }, blog: false }]],
  themeConfig: { colorMode: { respectPrefersColorScheme: true } },
};
