// The smallest Docusaurus site with a picture: documents only, at the root.
export default {
  title: "Resets",
  url: "https://example.org",
  baseUrl: "/",
  scripts: [{ src: "/aftershake-replay.js", defer: true }],
  presets: [["classic", { docs: { routeBasePath: "/" }, blog: false }]],
  themeConfig: { colorMode: { respectPrefersColorScheme: true } },
};
