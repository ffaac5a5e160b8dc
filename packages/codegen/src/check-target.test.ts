import { targets } from "@mirage/types";
import { expect, test } from "vitest";
import { checkTarget } from "./check-target.js";
import { parse } from "./testing/golden.js";

test("HTTPS is refused at its place where there is no TLS", () => {
  const configuration = parse("main-http: M.f\nhttp-port: 80\nhttp-address: *\nhttps-port: 443\n");
  for (const target of targets) {
    const check = () => checkTarget(configuration, target);
    if (target.name !== "javascript") check();
    else {
      expect(check).toThrow(
        expect.objectContaining({
          code: "ERR_MIRAGE_TARGET_DEVICE",
          message:
            "there is no HTTPS with `--js`: its cryptography is C, without a twin in JavaScript (mirage-runtime-tls → mirage-crypto)",
          span: expect.objectContaining({ file: "/apps/test.conf" }),
        }),
      );
    }
  }
});

test("the client of HTTPS is refused where there is that of HTTP alone, with the reason", () => {
  const configuration = parse("main-app: M.Main (https_client)\nip-use-dhcp: true\n");
  const [javascript] = targets.filter(({ name }) => name === "javascript");
  if (!javascript) throw new Error("no such target");
  expect(() => checkTarget(configuration, javascript)).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_TARGET_DEVICE",
      message: expect.stringMatching(/no device `https_client` .* → mirage-crypto\)$/),
      span: expect.objectContaining({ start: expect.objectContaining({ line: 1 }) }),
    }),
  );
});

test("metrics need a stack, which `main-ip` has not", () => {
  const configuration = parse("main-ip: M.f\nmetrics-port: 9100\n");
  const [target] = targets;
  expect(() => checkTarget(configuration, target)).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_TARGET_METRICS",
      span: expect.objectContaining({ file: "/apps/test.conf" }),
    }),
  );
});
