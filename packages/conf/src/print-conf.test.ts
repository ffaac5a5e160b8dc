import type { XlValue } from "@mirage/xl/config";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  acmeChallenges,
  argumentTypes,
  builtinDevices,
  type Configuration,
  codings,
  type DeviceReference,
  type Http,
  type Https,
  logLevels,
  type PemSource,
} from "./configuration.js";
import { netmaskOf } from "./ipv4.js";
import { parseConf } from "./parse-conf.js";
import { printConf } from "./print-conf.js";

const nowhere = { offset: 0, line: 1, column: 1 };
const span = { file: "app.conf", start: nowhere, end: nowhere };

/** Whether there is a span matters, where it points does not. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (/span$/i.test(key) ? "written" : part)));
}

const written = <T>(value: fc.Arbitrary<T>) => value.map((inner) => ({ value: inner, span }));
const word = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/);
const path = fc.stringMatching(/^[!-~é€😀]([ -~é€😀]{0,12}[!-~é€😀])?$/u);
const moduleName = fc
  .stringMatching(/^[A-Z][A-Za-z0-9_']{1,6}$/)
  .filter((name) => !["Main", "Net"].includes(name));
const modulePath = fc.array(moduleName, { minLength: 1, maxLength: 3 });
const functorPath = modulePath.filter((parts) => parts.length >= 2);
const value = fc.stringMatching(/^[a-z]{1,3}_[A-Za-z0-9_']{0,4}$/);

const dottedQuad = (address: number) =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");

const network = fc
  .tuple(fc.integer({ min: 0x0100_0000, max: 0x7eff_ffff }), fc.integer({ min: 8, max: 30 }))
  .chain(([address, prefix]) => {
    const netmask = `${netmaskOf(prefix)}`;
    const size = 2 ** (32 - prefix);
    const first = address - (address % size);
    const host = fc.integer({ min: first + 1, max: first + size - 2 }).map(dottedQuad);
    return fc
      .uniqueArray(host, { minLength: 2, maxLength: 2 })
      .map(([own = "", gateway = ""]) => ({ own, gateway, netmask }));
  });

const address: fc.Arbitrary<Configuration["address"]> = fc.oneof(
  fc.constant({ kind: "dhcp", span } as const),
  fc.boolean().map((given) => ({
    kind: "static" as const,
    given,
    address: { value: "10.0.0.2" },
    netmask: { value: "255.255.255.0" },
    gateway: { value: "10.0.0.1" },
  })),
  network.map(({ own, gateway, netmask }) => ({
    kind: "static" as const,
    given: true,
    address: { value: own, span },
    netmask: { value: netmask, span },
    gateway: { value: gateway, span },
  })),
);

const ipv6: fc.Arbitrary<Configuration["ipv6"]> = fc.constantFrom(
  undefined,
  { slaac: { value: true, span } },
  { address: { value: { address: "2001:db8::2", prefix: 64 }, span } },
  {
    address: { value: { address: "fd00::2", prefix: 48 }, span },
    gateway: { value: "fd00::1", span },
    slaac: { value: false, span },
  },
);

const quoted = fc.stringMatching(/^[A-Za-z0-9=:, #-]{0,12}$/);
interface XlSample {
  text: string;
  value: XlValue;
}

const { item: xlValue } = fc.letrec<{ item: XlSample }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    fc
      .nat()
      .map(
        (number): XlSample => ({ text: String(number), value: { kind: "number", value: number } }),
      ),
    quoted.map((text): XlSample => ({ text: `'${text}'`, value: { kind: "string", value: text } })),
    fc.array(tie("item"), { maxLength: 3 }).map(
      (items): XlSample => ({
        text: `[ ${items.map((inner) => inner.text).join(", ")} ]`,
        value: { kind: "list", items: items.map((inner) => inner.value) },
      }),
    ),
  ),
}));

const xl = fc.uniqueArray(
  fc
    .tuple(fc.stringMatching(/^[a-z][a-z_]{0,7}$/), xlValue)
    .map(([key, { text, value: parsed }]) => ({
      key,
      text,
      value: parsed,
      span,
    })),
  { selector: ({ key }) => key, maxLength: 4 },
);

interface Names {
  fs: string[];
  block: string[];
  fat: string[];
  net: string[];
}

const names: fc.Arbitrary<Names> = fc
  .uniqueArray(
    word.filter((name) => !builtinDevices.some((builtin) => builtin === name)),
    { maxLength: 8 },
  )
  .map((all) => {
    const [fs, block, net] = [0, 1, 2].map((part) => all.filter((_, i) => i % 4 === part));
    const fat = all.filter((_, i) => i % 4 === 3);
    return { fs: fs ?? [], block: block ?? [], net: net ?? [], fat };
  })
  .filter(({ block, fat }) => fat.length <= block.length);

const httpAddress = written(
  fc.oneof(
    fc.constant("*"),
    network.map(({ own }) => own),
  ),
);

const fileName = fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,6})?\.pem$/);

/** What certificate or key are read from, of the devices that are declared. */
function pemSource({ fs, block }: Names): fc.Arbitrary<PemSource> | undefined {
  const sources = [
    ...fs.map((name) => fileName.map((path) => ({ kind: "fs" as const, name, path }))),
    ...block.map((name) => fc.constant({ kind: "block" as const, name, path: "" })),
  ];
  return sources.length > 0 ? fc.oneof(...sources) : undefined;
}

function httpOf(device: Names): fc.Arbitrary<Http> {
  const source = pemSource(device);
  const identity = source && fc.record({ certificate: written(source), key: written(source) });
  const acme =
    device.block.length > 0
      ? fc.record(
          {
            directory: written(fc.constantFrom("https://ca.test/dir", "https://[::1]:1443/d?a=b")),
            domains: listOf(fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.[a-z]{1,4}$/), 1),
            store: written(fc.constantFrom(...device.block)),
            contacts: listOf(fc.stringMatching(/^mailto:[a-z]{1,5}@[a-z]{1,5}$/)),
            challenge: written(fc.constantFrom(...acmeChallenges)),
          },
          { requiredKeys: ["directory", "domains", "store", "contacts"] },
        )
      : undefined;
  const certified = fc.oneof(
    ...(identity ? [fc.record({ identity })] : []),
    ...(acme ? [fc.record({ acme })] : []),
    fc.constant({}),
  );
  const plain = fc.record(
    {
      port: written(fc.integer({ min: 30000, max: 65535 })),
      redirect: written(fc.boolean()),
      hsts: written(fc.integer({ min: 0, max: 2 ** 30 - 1 })),
    },
    { requiredKeys: ["port"] },
  );
  const https = fc
    .tuple(plain, certified)
    .map(([settings, proof]) => ({ ...settings, ...proof })) as fc.Arbitrary<Https>;
  return fc.record(
    {
      port: written(fc.integer({ min: 1, max: 29999 })),
      address: httpAddress,
      healthPath: written(fc.constantFrom("/", "/health", "/a/b-c_d.html~")),
      https,
    },
    { requiredKeys: ["port", "address"] },
  );
}

function references({ fs, block, fat, net }: Names, withHttp: boolean): DeviceReference[] {
  const builtin = builtinDevices.filter((name) => withHttp || name !== "http");
  return [
    ...fs.map((name) => ({ name, kind: "fs" as const, span })),
    ...block.map((name) => ({ name, kind: "block" as const, span })),
    ...fat.map((name) => ({ name, kind: "fat" as const, span })),
    ...net.map((name) => ({ name, kind: "network" as const, span })),
    ...builtin.map((name) => ({ name, kind: name, span })),
  ];
}

const listOf = (item: fc.Arbitrary<string>, minLength = 0) =>
  fc
    .uniqueArray(item, { minLength, maxLength: 5 })
    .map((all) => all.map((text) => ({ value: text, span })));
const depends = listOf(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/));
const nameServers = listOf(fc.ipV4());
const domains = listOf(fc.stringMatching(/^[a-z][a-z0-9]{0,8}(\.[a-z]{1,4})?$/));
const packages = listOf(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}((>=|\.)[0-9][0-9.]{0,3})?$/));

const argumentValues = {
  string: [fc.stringMatching(/^[ -~é]{0,12}$/)],
  int: [fc.integer({ min: -99_999, max: 99_999 }).map(String)],
  bool: [fc.boolean().map(String)],
  address: [network.map(({ own }) => own)],
  cidr: [network.map(({ own }) => `${own}/24`)],
  duration: [fc.constantFrom("250ms", "1h30m", "0.5s")],
  size: [fc.constantFrom("64MiB", "4096", "1K")],
} as const;

const declaredArguments = fc.uniqueArray(
  fc.constantFrom(...argumentTypes).chain((type) => {
    const [text] = argumentValues[type];
    return fc.record(
      {
        name: fc.stringMatching(/^x[a-z0-9-]{0,8}$/),
        type: fc.constant(type),
        isList: fc.boolean(),
        fallback: text,
        doc: fc.stringMatching(/^[ -~é]{0,12}$/),
        span: fc.constant(span),
      },
      { requiredKeys: ["name", "type", "isList", "span"] },
    );
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);

const configuration: fc.Arbitrary<Configuration> = fc
  .tuple(names)
  .chain(([device]) => fc.tuple(fc.constant(device), fc.option(httpOf(device), { nil: undefined })))
  .chain(([device, served]) => {
    const kinds = served ? (["noip", "ip", "http"] as const) : (["noip", "ip"] as const);
    return fc.record({
      file: fc.constant("apps/app.conf"),
      directory: fc.constant("apps"),
      name: fc.oneof(fc.constant({ value: "app" }), written(word)),
      main: fc.oneof(
        fc.record({
          kind: fc.constantFrom(...kinds),
          modulePath,
          nameSpan: fc.constant(span),
          value,
          span: fc.constant(span),
        }),
        fc.record({
          kind: fc.constant("app" as const),
          modulePath: functorPath,
          nameSpan: fc.constant(span),
          args: fc.subarray(references(device, served !== undefined)),
          span: fc.constant(span),
        }),
      ),
      address,
      ...(served ? { http: fc.constant(served) } : {}),
      nameService: fc.record({ servers: nameServers, search: domains }),
      filesystems: fc.tuple(
        ...device.fs.map((name) =>
          fc.record(
            {
              name: fc.constant(name),
              path: written(path),
              links: written(fc.constantFrom("inside" as const, "outside" as const)),
              compress: written(fc.shuffledSubarray([...codings])),
              cacheControl: written(fc.constantFrom("no-cache", 'public, max-age=60, x="a, b"')),
              lastModified: written(fc.constantFrom("2026-03-01", "1999-12-31T23:59:59Z")),
              span: fc.constant(span),
            },
            { requiredKeys: ["name", "path", "span"] },
          ),
        ),
      ),
      blocks: fc.tuple(
        ...device.block.map((name) =>
          fc.record({ name: fc.constant(name), path: written(path), span: fc.constant(span) }),
        ),
      ),
      fats: fc.constant(
        device.fat.map((name, i) => ({
          name,
          block: { value: device.block[i] ?? "", span },
          span,
        })),
      ),
      networks: fc.constant(
        device.net.map((name, i) => ({ name, tap: { value: `tap${i}`, span }, span })),
      ),
      depends,
      arguments: declaredArguments,
      logLevel: fc.oneof(
        fc.constant({ value: "info" as const }),
        written(fc.constantFrom(...logLevels)),
      ),
      packages,
      preprocess: depends,
      xl,
    });
  })
  .chain((before) =>
    fc
      .option(written(fc.integer({ min: 1, max: 65535 })))
      .map((metricsPort) => (metricsPort === null ? before : { ...before, metricsPort })),
  )
  .chain((conf) =>
    fc
      .option(written(path), { nil: undefined })
      .map((compiler) =>
        compiler ? { ...conf, compiler, compat: { value: "2013" as const, span } } : conf,
      ),
  )
  .chain((conf) =>
    fc
      .option(written(fc.constantFrom("strict" as const, "unix" as const)), { nil: undefined })
      .map((sandbox) => (sandbox ? { ...conf, sandbox } : conf)),
  )
  .chain((conf) =>
    fc
      .option(written(fc.integer({ min: 2 ** 20, max: 2 ** 30 - 1 })), { nil: undefined })
      .map((memoryBudget) => (memoryBudget ? { ...conf, memoryBudget } : conf)),
  )
  .chain((conf) => ipv6.map((ipv6) => (ipv6 ? { ...conf, ipv6 } : conf)));

test("what is printed parses to the same configuration", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(configuration, (conf) => {
      const text = printConf(conf);
      const parsed = parseConf(text, conf.file);
      expect(parsed.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(withoutPlaces(parsed.configuration)).toEqual(withoutPlaces(conf));
    }),
    { numRuns: 300 },
  );
});

test("keys stand in a fixed order, in paragraphs", () => {
  const text = `xl-memory: 32
depends: uri
fs-static: files
http-address: *
http-port: 80
ip-address: 10.0.0.3
main-http: Dispatch.t
`;
  const { configuration: conf } = parseConf(text, "www.conf");
  expect(conf && printConf(conf)).toBe(`main-http: Dispatch.t

ip-address: 10.0.0.3

http-port: 80
http-address: *

fs-static: files

depends: uri

xl-memory: 32
`);
});
