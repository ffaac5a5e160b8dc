/** The home page, as VitePress's theme takes it. */
export const home = {
  layout: "home",
  title: "OCaml unikernels from one file",
  titleTemplate: "mirage",
  hero: {
    name: "mirage",
    text: "OCaml unikernels from one file",
    tagline:
      "An OCaml application and one .conf file go in. Out comes a program that holds its own TCP/IP stack, its own HTTP server and its own files, and nothing else.",
    actions: [
      { theme: "brand", text: "Ten-minute tutorial", link: "/tutorial" },
      { theme: "alt", text: "The .conf file", link: "/conf" },
      { theme: "alt", text: "Coming from another tool", link: "/coming-from" },
    ],
  },
  features: [
    {
      title: "One source for each target",
      details:
        "A process with its own network stack, a process on the host's sockets, a kernel for Xen, a disk for any hypervisor.",
      link: "/targets",
      linkText: "Targets",
    },
    {
      title: "Errors that say what to do",
      details:
        "Every problem of a .conf file at once, with its place and a hint. Packages that don't fit come with the reason.",
      link: "/packages",
      linkText: "How packages are chosen",
    },
    {
      title: "No root for a web server",
      details:
        "With --publish a unikernel runs in a private network and its port appears on 127.0.0.1. Nothing of the host changes.",
      link: "/targets",
      linkText: "How it runs",
    },
    {
      title: "Parts that work alone",
      details:
        "A resolver that gives opam's answers, a reader of xl files, a TCP/IP stack, a TAP binding. Each is a package of its own.",
      link: "/architecture",
      linkText: "How the house is laid",
    },
  ],
};
