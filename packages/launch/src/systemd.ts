/** A command that systemd keeps running. */
export interface ServiceRequest {
  /** What it is, in a line. */
  readonly description: string;
  /** The command, beginning with an absolute path. */
  readonly command: readonly string[];
  /** The folder that it is started in, absolute. */
  readonly directory: string;
  /** Units that have to be up before, beside the network. */
  readonly after: readonly string[];
  /** Seconds that it may take to end. */
  readonly patience: number;
}

/** A unit file, systemd.service(5), that starts a command with the machine and again when it fails. */
export function systemdUnit({
  description,
  command,
  directory,
  after,
  patience,
}: ServiceRequest): string {
  return `[Unit]
Description=${escaped(description)}
Wants=network-online.target
After=${["network-online.target", ...after].join(" ")}

[Service]
Type=exec
WorkingDirectory=${escaped(directory)}
ExecStart=${command.map(word).join(" ")}
KillMode=mixed
TimeoutStopSec=${patience}
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
}

/** Specifiers of systemd.unit(5) begin with a per cent sign. */
function escaped(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word of a command line; systemd replaces variables in it ("COMMAND LINES"). */
function word(text: string): string {
  const plain = escaped(text).replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}
