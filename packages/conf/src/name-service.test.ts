import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConf } from "./load-conf.js";
import { parseConf } from "./parse-conf.js";

const client = "main-app: Fetch.Main (console, https_client)\n";

function messages(text: string): string[] {
  return parseConf(text, "fetch.conf").diagnostics.map(({ message }) => message);
}

test("servers and domains are lists, without duplicates", () => {
  const text = `${client}dns-servers: 10.0.0.53, 10.0.0.54\ndns-servers: 10.0.0.53\ndns-search: example.org, b\n`;
  const { configuration, diagnostics } = parseConf(text, "fetch.conf");
  expect(diagnostics).toEqual([]);
  const { servers, search } = configuration?.nameService ?? { servers: [], search: [] };
  expect(servers.map(({ value }) => value)).toEqual(["10.0.0.53", "10.0.0.54"]);
  expect(search.map(({ value }) => value)).toEqual(["example.org", "b"]);
});

test.each([
  ["dns-servers: 10.0.0.256", '"10.0.0.256" is not the address of a name server'],
  ["dns-servers: dns.example.org", '"dns.example.org" is not the address of a name server'],
  ["dns-search: -a.org", '"-a.org" is not a domain'],
  ["dns-search: a..org", '"a..org" is not a domain'],
  [`dns-search: ${"a".repeat(64)}`, `"${"a".repeat(60)}…" is not a domain`],
])("%s is refused", (line, message) => {
  expect(messages(`${client}${line}\n`).map((text) => text.replaceAll("`", '"'))).toEqual([
    message,
  ]);
});

test("a key that nothing uses is warned of", () => {
  const text = "main-noip: Hello.main\ndns-servers: 10.0.0.53\nhttps-anchors: ca.pem\n";
  expect(parseConf(text, "hello.conf").diagnostics.map(({ severity }) => severity)).toEqual([
    "warning",
    "warning",
  ]);
});

const folder = mkdtempSync(join(tmpdir(), "mirage-anchors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function loaded(anchors: string): Promise<unknown> {
  const file = join(folder, "fetch.conf");
  writeFileSync(file, `${client}https-anchors: ${anchors}\n`);
  return loadConf(file).catch(({ details }) => details.map(({ code }: { code: string }) => code));
}

test("the file of anchors is there, and no folder or device", async () => {
  writeFileSync(join(folder, "ca.pem"), "");
  expect(await loaded("ca.pem")).toMatchObject({ configuration: { anchors: { value: "ca.pem" } } });
  for (const wrong of ["missing.pem", ".", "/dev/zero"]) {
    expect(await loaded(wrong)).toEqual(["ERR_MIRAGE_CONF_ANCHORS"]);
  }
});
