import {
  defaultBridge,
  type NetworkOptions,
  type NetworkStatus,
  networkDown,
  networkStatus,
  networkUp,
  planNetworkDown,
  planNetworkUp,
} from "@mirage/host-network";
import { interruptible } from "@mirage/plan";
import { perform, progress } from "../terminal/perform.js";
import { print, say } from "../terminal/terminal.js";

interface CommonOptions {
  readonly bridge?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

interface UpOptions extends CommonOptions {
  readonly address?: string;
  /** False with `--no-masquerade`. */
  readonly masquerade: boolean;
  /** False with `--no-dhcp`. */
  readonly dhcp: boolean;
  /** `FROM-TO`. */
  readonly dhcpRange?: string;
  /** `NAME[:USER]` each. */
  readonly tap?: readonly string[];
}

interface DownOptions extends CommonOptions {
  readonly force?: true;
}

/** `mirage network up`: a bridge with all that guests need to reach the host, and what it reaches. */
export async function up(options: UpOptions): Promise<void> {
  const network = networkOptions(options);
  const bridge = options.bridge ?? defaultBridge;
  if (options.dryRun) {
    await perform(await planNetworkUp(network), options);
    return;
  }
  const isNew = await interruptible((signal) => networkUp(network, { signal, onEvent: progress }));
  if (!isNew) say(`${bridge} is up already: there is nothing to do`);
  const found = (await networkStatus()).filter((status) => status.bridge === bridge);
  for (const { warnings } of found) for (const warning of warnings) say(`warning: ${warning}`);
  if (options.json) print(JSON.stringify(found[0], undefined, 2));
  else if (isNew) for (const status of found) say(summary(status));
}

/** `mirage network down`: takes back what `up` did. */
export async function down(options: DownOptions): Promise<void> {
  const { bridge = defaultBridge, force = false } = options;
  if (options.dryRun) {
    await perform(await planNetworkDown(bridge, { force }), options);
    return;
  }
  const wasThere = await interruptible((signal) =>
    networkDown(bridge, { force, signal, onEvent: progress }),
  );
  if (options.json) print(JSON.stringify({ bridge, wasThere }, undefined, 2));
  else say(wasThere ? `${bridge} is down` : `mirage has set up no network ${bridge}`);
}

/** `mirage network status`: the networks that are up, and what is not right with them. */
export async function status(options: Pick<CommonOptions, "json">): Promise<void> {
  const networks = await networkStatus();
  if (options.json) print(JSON.stringify(networks, undefined, 2));
  else if (networks.length === 0) say("mirage has set up no network: `mirage network up` does it");
  else for (const network of networks) print(description(network));
  if (networks.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

function networkOptions(options: UpOptions): NetworkOptions {
  const { bridge, address, masquerade, dhcpRange } = options;
  const [from = "", to = from] = dhcpRange?.split("-") ?? [];
  return {
    masquerade,
    dhcp: dhcpRange === undefined ? options.dhcp : { from, to },
    ...(bridge === undefined ? {} : { bridge }),
    ...(address === undefined ? {} : { address }),
    taps: (options.tap ?? []).map((text) => {
      const [name = "", owner] = text.split(":");
      return owner === undefined ? { name } : { name, owner };
    }),
  };
}

function summary({ bridge, address, masquerade, dhcp }: NetworkStatus): string {
  const host = address.replace(/\/.*/, "");
  const parts = [
    `${bridge} is up: the host is ${host}`,
    ...(dhcp ? [`guests that ask get ${dhcp.from} to ${dhcp.to}`] : []),
    ...(masquerade ? ["and what they send out leaves under the host's address"] : []),
  ];
  return parts.join(", ");
}

function description(network: NetworkStatus): string {
  const { bridge, address, ports, masquerade, dhcp, problems, warnings } = network;
  const lines = [
    `${bridge}: ${address}`,
    `  connected: ${ports.length === 0 ? "nothing" : ports.join(", ")}`,
    `  masquerading: ${masquerade ? "yes" : "no"}`,
    `  DHCP: ${dhcp ? `${dhcp.from} to ${dhcp.to}` : "no"}`,
    ...(dhcp?.leases ?? []).map(
      ({ mac, address, name }) => `    ${address} ${mac}${name === undefined ? "" : ` ${name}`}`,
    ),
    ...problems.map((problem) => `  problem: ${problem}`),
    ...(problems.length > 0 ? ["  `mirage network up` repairs it"] : []),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ];
  return lines.join("\n");
}
