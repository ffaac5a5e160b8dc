import { expect, test } from "vitest";
import { upstreamVersion } from "./debian-version.js";

test.each([
  ["5.6.1-1+b1", "5.6.1"],
  ["1:0.15.0-1", "0.15.0"],
  ["1:0.15.1+really0.15.1-2+b1", "0.15.1"],
  ["2.1.1+dfsg-2", "2.1.1"],
  ["20220210+ds-2", "20220210"],
  ["5.15.0+dfsg2-6", "5.15.0"],
  ["0.10.1+b1", "0.10.1"],
  ["4.13+1-1", "4.13+1"],
  ["1.1+13-1+b2", "1.1+13"],
  ["1.0.2+2-1+b1", "1.0.2+2"],
  ["1.0~alpha5-9", "1.0~alpha5"],
  ["1:14.0-55.7~deb12u1", "14.0"],
  ["0.0.0+git20220118+852302c8-2", "0.0.0+git20220118+852302c8"],
  ["4.13.1-4ubuntu2", "4.13.1"],
])("%s is upstream's %s", (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});
