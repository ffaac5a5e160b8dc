import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

const server =
  "main-http: A.b\nhttp-port: 80\nhttp-address: *\nhttps-port: 443\nblock-certs: c.img\n";
const order = "https-acme: https://ca.test/dir\n";
const whole = `${order}https-domain: a.test\nhttps-store: certs\n`;

function problems(text: string): string[] {
  return parseConf(server + text, "a.conf").diagnostics.map(({ message, span }) => {
    return `${span?.start.line}:${span?.start.column} ${message}`;
  });
}

test("an authority, domains and a disk are read", () => {
  const text = `${order}https-domain: a.test, b.test\nhttps-domain: a.test\nhttps-store: certs\nhttps-contact: mailto:ann@a.test\nhttps-challenge: tls-alpn-01\n`;
  const { configuration, diagnostics } = parseConf(server + text, "a.conf");
  expect(diagnostics).toEqual([]);
  expect(configuration?.http?.https?.acme).toMatchObject({
    directory: { value: "https://ca.test/dir" },
    domains: [{ value: "a.test" }, { value: "b.test" }],
    store: { value: "certs" },
    contacts: [{ value: "mailto:ann@a.test" }],
    challenge: { value: "tls-alpn-01" },
  });
});

test("it looks up names, and trusts anchors", () => {
  expect(problems(`${whole}dns-servers: 10.0.0.53\nhttps-anchors: ca.pem\n`)).toEqual([]);
});

test.each([
  ["https-domain: a.test", ["6:1 `https-domain` has no effect without `https-acme`"]],
  [order, ["6:1 `https-acme` needs `https-domain` and `https-store`"]],
  [
    whole.replace("https:", "http:"),
    ["6:13 `http://ca.test/dir` is not the URL of an ACME directory"],
  ],
  [
    whole.replace(": a.test", ": *.a.test"),
    ["7:15 `*.a.test` is not a domain that a certificate can be had for"],
  ],
  [
    whole.replace(": a.test", ": 10.0.0.2"),
    ["7:15 `10.0.0.2` is not a domain that a certificate can be had for"],
  ],
  [whole.replace("certs", "disk"), ["8:14 `disk` is no block device of this file"]],
  [`${whole}https-contact: ann`, ["9:16 `ann` is not a contact"]],
  [`${whole}https-challenge: dns-01`, ["9:18 `dns-01` is no challenge that is known here"]],
  [
    `${whole}fs-tls: tls\nhttps-certificate: tls/c.pem\nblock-key: k.img\nhttps-key: key`,
    ["10:1 `https-certificate` contradicts `https-acme`, which gets a certificate"],
  ],
])("%j", (text, expected) => {
  expect(problems(`${text}\n`)).toEqual(expected);
});

test("without a server it has no effect", () => {
  const text = `main-noip: A.b\nblock-certs: c.img\nhttps-port: 443\n${whole}`;
  const { diagnostics } = parseConf(text, "a.conf");
  expect(diagnostics.map(({ message }) => message.split(" no ")[0])).toEqual([
    "`https-port` has",
    "`https-acme` has",
    "`https-domain` has",
    "`https-store` has",
  ]);
});
