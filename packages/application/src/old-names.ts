interface OldNames {
  /** What the compiler says of them. */
  readonly complaint: RegExp;
  readonly hint: string;
}

const oldNames: readonly OldNames[] = [
  {
    complaint: /Unbound (?:module|value) OS\.(?:Xs|Sched|Eventchn|Gnt|Start_info|Env)\b/,
    hint: "the parts of Xen that programs of 2013 found in `OS` are not there any more: `mirage stop` and the console do their work",
  },
  {
    complaint:
      /Unbound (?:module|value|type constructor) (?:OS\.(?:Console|Clock|Io_page|Devices|Block|Netif|Activations)|Blkfront|Blkfront_init)\b/,
    hint: "programs of 2013 find it with `compat: 2013` in the .conf file",
  },
  {
    complaint: /Unbound module (?:Cohttp_lwt_mirage|Re_str)\b/,
    hint: "programs of 2013 find it with `compat: 2013` and the libraries `cohttp.mirage` and `re` in `depends`",
  },
  {
    complaint: /Unbound (?:module|value) Net\b(?:\.(?:Manager|Flow|Datagram|Channel))?/,
    hint: "the network of 2013 comes with `main-ip`, or with `depends: mirage-net`; where the host's sockets are used, there is none",
  },
  {
    complaint:
      /^\s*\d+ \|.*(?:\b(?:lwt|(?:for|match|try|while|raise)_lwt)\b|>>[\s(])[\s\S]*?(?:Syntax error|Unbound value (?:lwt|\w+_lwt|>>|\( >> \)))/m,
    hint: "this is the syntax of camlp4's extension for Lwt: with `depends: lwt.syntax` in the .conf file, without `preprocess`, it is translated",
  },
];

/** What to write in the .conf file where the compiler does not know a name of 2013. */
export function oldNameHint(output: string): string | undefined {
  return oldNames.find(({ complaint }) => complaint.test(output))?.hint;
}
