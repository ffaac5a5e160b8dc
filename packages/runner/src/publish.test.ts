import { describe, expect, test } from "vitest";
import { formatEndpoint, parsePublish } from "./publish.js";

describe("parsePublish", () => {
  test.each([
    ["8080:80", { host: "127.0.0.1", alsoOn: "::1", hostPort: 8080, port: 80, protocol: "tcp" }],
    [
      "8080:80/tcp",
      { host: "127.0.0.1", alsoOn: "::1", hostPort: 8080, port: 80, protocol: "tcp" },
    ],
    ["5353:53/udp", { host: "127.0.0.1", hostPort: 5353, port: 53, protocol: "udp" }],
    ["0.0.0.0:0:80", { host: "0.0.0.0", hostPort: 0, port: 80, protocol: "tcp" }],
    ["[::1]:65535:1/udp", { host: "::1", hostPort: 65535, port: 1, protocol: "udp" }],
  ])("%s", (text, publication) => {
    expect(parsePublish(text)).toEqual(publication);
  });

  test.each([
    ["", "doesn't have the form"],
    ["80", "doesn't have the form"],
    ["a:80", "doesn't have the form"],
    ["::1:80:80", "doesn't have the form"],
    ["[localhost]:80:80", "has `localhost`, which is no IP address"],
    ["localhost:8080:80", "has `localhost`, which is no IP address"],
    ["8080:80/sctp", "has the protocol `sctp`"],
    ["65536:80", "has the port 65536"],
    ["8080:0", "has the port 0"],
    ["8080:70000", "has the port 70000"],
  ])("%j %s", (text, problem) => {
    expect(() => parsePublish(text)).toThrow(
      expect.objectContaining({
        code: "ERR_MIRAGE_RUN_PUBLISH",
        message: expect.stringContaining(problem),
        exitCode: 2,
      }),
    );
  });
});

test("formatEndpoint puts an IPv6 address into brackets", () => {
  expect(formatEndpoint("127.0.0.1", 80)).toBe("127.0.0.1:80");
  expect(formatEndpoint("::1", 80)).toBe("[::1]:80");
});
