import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

const http = "main-http: A.b\nhttp-port: 80\nhttp-address: *\n";
const devices = "fs-tls: tls\nblock-keys: keys.img\n";

function parse(text: string) {
  return parseConf(http + text, "a.conf");
}

function problems(text: string): string[] {
  return parse(text).diagnostics.map(({ message, span }) => {
    return `${span?.start.line}:${span?.start.column} ${message}`;
  });
}

test("certificate and key come from a folder or a disk", () => {
  const { configuration } = parse(
    `${devices}https-port: 443\nhttps-certificate: tls/a/server.pem\nhttps-key: keys\nhttps-redirect: true\nhttps-hsts: 60\n`,
  );
  expect(configuration?.http?.https).toMatchObject({
    port: { value: 443 },
    identity: {
      certificate: { value: { kind: "fs", name: "tls", path: "a/server.pem" } },
      key: { value: { kind: "block", name: "keys", path: "" } },
    },
    redirect: { value: true },
    hsts: { value: 60 },
  });
});

test("a key that is compiled in is warned of", () => {
  const text = `${devices}https-port: 443\nhttps-certificate: tls/c.pem\nhttps-key: tls/k.pem\n`;
  expect(problems(text)).toEqual([
    "8:1 the private key becomes a part of the program: anyone who has the program has the key",
  ]);
});

test.each([
  ["https-port: 80", ["4:13 port 80 is that of `http-port` already"]],
  ["https-port: 0", ["4:13 `0` is not a TCP port"]],
  ["https-redirect: true", ["4:1 `https-redirect` has no effect without `https-port`"]],
  ["https-port: 443\nhttps-redirect: yes", ["5:17 `yes` is neither `true` nor `false`"]],
  ["https-port: 443\nhttps-hsts: soon", ["5:13 `soon` is not a number of seconds"]],
  ["https-port: 443\nhttps-hsts: 9999999999", ["5:13 `9999999999` is not a number of seconds"]],
  [
    "https-port: 443\nhttps-key: k\nhttps-certificate: c/d.pem",
    [
      "5:12 `k` is no folder and no block device of this file",
      "6:20 `c` is no folder and no block device of this file",
    ],
  ],
  [`${devices}https-port: 443\nhttps-key: keys`, ["7:1 `https-key` needs `https-certificate`"]],
  [
    `${devices}https-port: 443\nhttps-key: tls\nhttps-certificate: keys/c.pem`,
    [
      "7:12 `tls` does not say where the key lies",
      "8:20 `keys/c.pem` does not say where the certificate lies",
    ],
  ],
])("%j", (text, expected) => {
  expect(problems(`${text}\n`)).toEqual(expected);
});

test("without a server it has no effect", () => {
  const { diagnostics } = parseConf("main-noip: A.b\nhttps-port: 443\n", "a.conf");
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "`https-port` has no effect: nothing here serves HTTP for it",
  ]);
});
