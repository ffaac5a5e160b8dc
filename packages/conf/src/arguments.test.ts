import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

function read(line: string) {
  const { configuration, diagnostics } = parseConf(`main-noip: A.b\n${line}`, "a.conf");
  return { declared: configuration?.arguments, messages: diagnostics.map((d) => d.message) };
}

test.each([
  [
    'argument-port: int = 8080, "where it listens"',
    { name: "port", type: "int", isList: false, fallback: "8080", doc: "where it listens" },
  ],
  ["argument-peer: address", { name: "peer", type: "address", isList: false }],
  [
    'argument-peers: address list = 10.0.0.1, 10.0.0.2, "whom it asks"',
    {
      name: "peers",
      type: "address",
      isList: true,
      fallback: "10.0.0.1, 10.0.0.2",
      doc: "whom it asks",
    },
  ],
  [
    'argument-title: string = "a, \\"b\\"", "what it says"',
    { name: "title", type: "string", isList: false, fallback: 'a, "b"', doc: "what it says" },
  ],
  ["argument-pause: duration=1h30m", { name: "pause", fallback: "1h30m" }],
  ["argument-loud: bool", { name: "loud", type: "bool" }],
])("%s", (line, expected) => {
  expect(read(line)).toMatchObject({ declared: [expected], messages: [] });
});

test.each([
  ["argument-port: 8080", "does not say what the argument is"],
  ["argument-port: it = 8080", "`it` is not a type"],
  ["argument-port: int = eighty", "the default `eighty` is not a whole number"],
  ["argument-ports: int list = 1, x, 2", "the default `x` is not a whole number"],
  ["argument-size: size = 99GiB", "the default `99GiB` is not a size"],
  ["argument-net: cidr = 10.0.0.0/33", "the default `10.0.0.0/33` is not a network"],
  ["argument-Port: int", "`Port` cannot be the name of an argument"],
  ["argument-type: int", "`type` is a keyword of OCaml"],
  ["argument-http-port: int", "the argument `--http-port` already"],
])("%s is refused", (line, message) => {
  const { declared, messages } = read(line);
  expect(declared).toBeUndefined();
  expect(messages).toEqual([expect.stringContaining(message)]);
});

test("a module of the application with the generated one's name is refused", () => {
  const { diagnostics } = parseConf("main-noip: Arguments.b\nargument-x: int = 1", "a.conf");
  expect(diagnostics).toMatchObject([{ code: "ERR_MIRAGE_CONF_MAIN" }]);
  expect(parseConf("main-noip: Arguments.b", "a.conf").diagnostics).toEqual([]);
});
