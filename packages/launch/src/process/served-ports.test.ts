import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServedPorts } from "./served-ports.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function served() {
  const said: string[] = [];
  return { said, ports: new ServedPorts((text) => said.push(text)) };
}

const published = (port: number, protocol: "tcp" | "udp" = "tcp") =>
  ({ type: "published", protocol, host: "127.0.0.1", hostPort: 18006, port }) as const;
const serving = (port: number, protocol: "tcp" | "udp" = "tcp") =>
  ({ type: "serving", protocol, port }) as const;

test("a published port that is not served is told with the one that is", () => {
  const { said, ports } = served();
  for (const event of [published(81), published(53, "udp"), serving(80)]) ports.tell(event);
  vi.runAllTimers();
  expect(said).toEqual([
    "port 81 is published, but the unikernel serves TCP port 80: `--publish 18006:80` leads there",
  ]);
});

test("ports that are served, be it a little later, are not told", () => {
  const { said, ports } = served();
  for (const event of [published(81), serving(80), serving(81)]) ports.tell(event);
  vi.runAllTimers();
  expect(said).toEqual([]);
});

test("nothing is said after the end", () => {
  const { said, ports } = served();
  for (const event of [published(81), serving(80)]) ports.tell(event);
  ports.close();
  vi.runAllTimers();
  expect(said).toEqual([]);
});
