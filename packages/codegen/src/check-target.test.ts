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
          message: "there is no HTTPS with `--js`: the cryptography of its TLS is C",
          span: expect.objectContaining({ file: "/apps/test.conf" }),
        }),
      );
    }
  }
});
