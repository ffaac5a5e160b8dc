import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";

const read = (value: string) =>
  parseConf(`main-noip: Hello.main\nmetrics-port: ${value}\n`, "a.conf");

test.each([1, 65535])("metrics-port: %d", (value) => {
  expect(read(String(value)).configuration?.metricsPort?.value).toBe(value);
});

test.each(["0", "65536", "x", "1.5", "1e3"])(
  "metrics-port: %s is refused where it stands",
  (value) => {
    const { configuration, diagnostics } = read(value);
    expect(configuration).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: "ERR_MIRAGE_CONF_NUMBER", span: { start: { line: 2, column: 15 } } },
    ]);
  },
);
