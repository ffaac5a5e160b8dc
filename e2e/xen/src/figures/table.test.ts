import { expect, test } from "vitest";
import { table } from "./table.js";

test("a table in markdown, with ratios that are above 1 where mirage is better, and goals met or missed", () => {
  const text = table([
    { name: "kernel", unit: "MB", mirage: 2.345, most: 2 },
    { name: "start", unit: "s", mirage: 0.2, linux: 7, sooner: 30 },
    { name: "memory", unit: "MiB", mirage: 10, linux: 96, most: 12 },
    { name: "requests", unit: "1/s", mirage: 375, linux: 150, rate: true, faster: 3 },
    { name: "file", unit: "Mbit/s", mirage: 50, linux: 100, rate: true },
    { name: "idle minute", unit: "s", mirage: 0, linux: 0.1 },
  ]);
  expect(text).toBe(`\
|             |      mirage |      Linux | mirage is better by |                 goal |
| ----------- | ----------: | ---------: | ------------------: | -------------------: |
| kernel      |     2.35 MB |            |                     | at most 2 MB: missed |
| start       |     0.200 s |     7.00 s |                 ×35 | 30 times sooner: met |
| memory      |      10 MiB |     96 MiB |                ×9.6 |  at most 12 MiB: met |
| requests    |     375 1/s |    150 1/s |                ×2.5 |      3 times: missed |
| file        | 50.0 Mbit/s | 100 Mbit/s |                ×0.5 |                      |
| idle minute |      0.00 s |    0.100 s |                     |                      |
`);
});
