import { type Configuration, resolvingUser } from "@mirage/conf";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";

/** @throws MirageError, with a span in the .conf file, for everything that the target lacks */
export function checkTarget(configuration: Configuration, target: Target): void {
  const problems = [
    ...lackingMain(configuration, target),
    ...lackingDevices(configuration, target),
    ...lackingHttps(configuration, target),
    ...lackingMetrics(configuration, target),
    ...unreachableServer(configuration, target),
    ...noNameServer(configuration, target),
  ];
  const [problem] = problems;
  if (!problem) return;
  const { code, message, hint, span } = problem;
  throw new MirageError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(span === undefined ? {} : { span }),
    ...(problems.length > 1 ? { details: problems } : {}),
  });
}

function lackingMain({ main }: Configuration, target: Target): Diagnostic[] {
  const isLacking =
    (main.kind === "ip" && !target.ip) || (main.kind === "http" && !target.drivers.http);
  if (!isLacking) return [];
  return [
    {
      code: "ERR_MIRAGE_TARGET_MAIN",
      severity: "error",
      message: `\`main-${main.kind}\` makes no sense with \`${target.flag}\``,
      hint: target.lacking,
      span: main.span,
    },
  ];
}

function lackingDevices({ main }: Configuration, target: Target): Diagnostic[] {
  const args = main.kind === "app" ? main.args : [];
  return args
    .filter(({ kind }) => !target.drivers[kind])
    .map(({ kind, name, span }) => {
      const message = `there is no device \`${name}\` with \`${target.flag}\``;
      const isTls = kind === "https_client" && target.drivers.http_client;
      return {
        code: "ERR_MIRAGE_TARGET_DEVICE",
        severity: "error",
        message: isTls ? `${message}: ${whyNoTls}` : message,
        hint: isTls ? "use `http_client`, or another target" : target.lacking,
        span,
      };
    });
}

function hasOwnNetwork({ run }: Target): boolean {
  return run.network === "tap" || run.network === "bridge";
}

/** Where cryptography in C cannot be linked. */
const whyNoTls =
  "its cryptography is C, without a twin in JavaScript (mirage-runtime-tls → mirage-crypto)";

function lackingHttps({ http }: Configuration, target: Target): Diagnostic[] {
  if (!http?.https || target.https) return [];
  return [
    {
      code: "ERR_MIRAGE_TARGET_DEVICE",
      severity: "error",
      message: `there is no HTTPS with \`${target.flag}\`: ${whyNoTls}`,
      hint: "leave the `https-` keys out, and let a proxy do it, or use another target",
      span: http.https.port.span,
    },
  ];
}

/** The manager of `main-ip` has the network to itself. */
function lackingMetrics({ main, metricsPort }: Configuration, target: Target): Diagnostic[] {
  if (!metricsPort || (target.drivers.stack && main.kind !== "ip")) return [];
  const what = main.kind === "ip" ? "`main-ip`" : `\`${target.flag}\``;
  return [
    {
      code: "ERR_MIRAGE_TARGET_METRICS",
      severity: "error",
      message: `\`metrics-port\` makes no sense with ${what}: there is no stack that could listen`,
      hint: "leave it out: `mirage stats` asks the program without a port",
      span: metricsPort.span,
    },
  ];
}

/** Where the network is the unikernel's own, it has no other address. */
function unreachableServer({ address, http }: Configuration, target: Target): Diagnostic[] {
  if (!http || !hasOwnNetwork(target) || address.kind === "dhcp") return [];
  const own = address.address.value;
  if (http.address.value === "*" || http.address.value === own) return [];
  return [
    {
      code: "ERR_MIRAGE_TARGET_HTTP_ADDRESS",
      severity: "error",
      message: `nothing can reach a server on ${http.address.value}: the unikernel's address is ${own}`,
      hint: `write \`http-address: *\` or \`http-address: ${own}\``,
      span: http.address.span,
    },
  ];
}

/** DHCP names servers, and so does the host's resolv.conf; a static address comes with none. */
function noNameServer(
  { address, http, main, nameService }: Configuration,
  target: Target,
): Diagnostic[] {
  if (address.kind === "dhcp" || !hasOwnNetwork(target)) return [];
  const user = resolvingUser(main, http);
  if (!user || nameService.servers.length > 0) return [];
  return [
    {
      code: "ERR_MIRAGE_TARGET_NO_NAME_SERVER",
      severity: "error",
      message: `nothing tells ${user.name} whom to ask for addresses`,
      hint: "add `dns-servers: ADDRESS`, or take the address by DHCP, which names servers",
      span: user.span,
    },
  ];
}
