import type {
  Acme,
  Address,
  Argument,
  Configuration,
  Http,
  Main,
  PemSource,
  Setting,
} from "./configuration.js";

/** The text of a .conf file that parses to the same Configuration, but for its spans. */
export function printConf(configuration: Configuration): string {
  const { name, main, address, http, sandbox, compiler } = configuration;
  const paragraphs = [
    [...written("name", name), printMain(main)],
    [...printAddress(address), ...printIpv6(configuration)],
    [
      ...list("dns-servers", configuration.nameService.servers),
      ...list("dns-search", configuration.nameService.search),
    ],
    [...(http ? printHttp(http) : []), ...written("https-anchors", configuration.anchors)],
    configuration.arguments.map(printArgument),
    [
      ...written("log-level", configuration.logLevel),
      ...written("memory-budget", configuration.memoryBudget),
    ],
    [
      ...configuration.filesystems.flatMap((fs) => [
        `fs-${fs.name}: ${fs.path.value}`,
        ...written(`fs-${fs.name}-links`, fs.links),
        ...(fs.compress
          ? [`fs-${fs.name}-compress: ${fs.compress.value.join(", ") || "none"}`]
          : []),
        ...written(`fs-${fs.name}-cache-control`, fs.cacheControl),
        ...written(`fs-${fs.name}-last-modified`, fs.lastModified),
      ]),
      ...configuration.blocks.map((block) => `block-${block.name}: ${block.path.value}`),
      ...configuration.fats.map((fat) => `fat-${fat.name}: ${fat.block.value}`),
      ...configuration.networks.map((network) => `net-${network.name}: ${network.tap.value}`),
    ],
    [
      ...list("depends", configuration.depends),
      ...list("packages", configuration.packages),
      ...list("preprocess", configuration.preprocess),
      ...written("sandbox", sandbox),
      ...written("compat", configuration.compat),
      ...written("compiler", compiler),
    ],
    written("metrics-port", configuration.metricsPort),
    configuration.xl.map((entry) => `xl-${entry.key}: ${entry.text}`),
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function printMain(main: Main): string {
  const path = main.modulePath.join(".");
  if (main.kind !== "app") return `main-${main.kind}: ${path}.${main.value}`;
  const args = main.args.map(({ name }) => name).join(", ");
  return `main-app: ${path}${args && ` (${args})`}`;
}

function printHttp({ port, address, healthPath, https }: Http): string[] {
  const lines = [
    `http-port: ${port.value}`,
    `http-address: ${address.value}`,
    ...written("health-path", healthPath),
  ];
  if (!https) return lines;
  const { acme, identity, redirect, hsts } = https;
  return [
    ...lines,
    `https-port: ${https.port.value}`,
    ...(acme ? printAcme(acme) : []),
    ...(identity
      ? [
          `https-certificate: ${printSource(identity.certificate.value)}`,
          `https-key: ${printSource(identity.key.value)}`,
        ]
      : []),
    ...(redirect ? [`https-redirect: ${redirect.value}`] : []),
    ...(hsts ? [`https-hsts: ${hsts.value}`] : []),
  ];
}

function printAcme({ directory, domains, store, contacts, challenge }: Acme): string[] {
  return [
    `https-acme: ${directory.value}`,
    ...list("https-domain", domains),
    `https-store: ${store.value}`,
    ...list("https-contact", contacts),
    ...written("https-challenge", challenge),
  ];
}

function printArgument({ name, type, isList, fallback, doc }: Argument): string {
  return [
    `argument-${name}: ${type}${isList ? " list" : ""}`,
    ...(fallback === undefined ? [] : [` = ${quoted(fallback)}`]),
    ...(doc === undefined ? [] : [`, ${quoted(doc)}`]),
  ].join("");
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function printSource({ name, path }: PemSource): string {
  return path === "" ? name : `${name}/${path}`;
}

function printAddress(address: Address): string[] {
  if (address.kind === "dhcp") return ["ip-use-dhcp: true"];
  const lines = [
    ...written("ip-address", address.address),
    ...written("ip-netmask", address.netmask),
    ...written("ip-gateway", address.gateway),
  ];
  return lines.length === 0 && address.given ? ["ip-use-dhcp: false"] : lines;
}

function printIpv6({ ipv6 }: Configuration): string[] {
  if (!ipv6) return [];
  const { address, gateway, slaac } = ipv6;
  return [
    ...(address ? [`ip6-address: ${address.value.address}/${address.value.prefix}`] : []),
    ...written("ip6-gateway", gateway),
    ...(slaac ? [`ip6-use-slaac: ${slaac.value}`] : []),
  ];
}

/** A line for what was written in the file; a default stays a default. */
function written(key: string, setting: Setting<string | number> | undefined): string[] {
  return setting?.span ? [`${key}: ${setting.value}`] : [];
}

function list(key: string, items: readonly Setting<string>[]): string[] {
  return items.length > 0 ? [`${key}: ${items.map(({ value }) => value).join(", ")}`] : [];
}
