// The classic theme and the docs plugin, which is all that a documentation needs.

export default {
  title: "Orders",
  url: "http://127.0.0.1",
  baseUrl: "/docusaurus/",
  themes: ["@docusaurus/theme-classic"],
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/", sidebarPath: false }]],
  scripts: [
    // Where the app is served; a real site writes its address here.
    { src: process.env.ACKWARD_EMBED, type: "module" },
  ],
};
