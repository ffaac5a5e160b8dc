import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { type Target, targets } from "@mirage/types";
import { describe, expect, test } from "vitest";
import { libraries, opamPackages } from "./components.js";
import { buildProducts, generate } from "./generate.js";
import { goldenFolder, parse, readCases } from "./testing/golden.js";

const [direct, socket] = targets;
const opam = { root: "/home/user/.opam mirage", switch: "mirage" };

describe.each(readCases())("$name for $target.name", ({ name, target, configuration }) => {
  const folder = join(goldenFolder, name, "expected", target.name);

  test.each(generate(configuration, target, { opam }))("$path", async ({ path, content }) => {
    await expect(content).toMatchFileSnapshot(join(folder, path));
  });

  test("packages and libraries", async () => {
    const needs = {
      packages: opamPackages(configuration, target),
      libraries: libraries(configuration, target),
    };
    await expect(`${JSON.stringify(needs, undefined, 2)}\n`).toMatchFileSnapshot(
      join(folder, "needs.json"),
    );
  });
});

test("the same input gives the same bytes", () => {
  for (const { configuration, target } of readCases()) {
    expect(generate(configuration, target)).toEqual(generate(configuration, target));
  }
});

test("without an opam installation named, opam's own choice builds", () => {
  const files = generate(parse("main-noip: Hello.main"), direct);
  const makefile = files.find(({ path }) => path === "Makefile")?.content;
  expect(makefile).toContain("\nEXEC = opam exec --\n");
});

test("links out of a folder are for mirage-crunch to follow only where the .conf file says so", () => {
  const text = "main-noip: Hello.main\nfs-a: a\nfs-b: b\nfs-b-links: outside";
  const makefile = generate(parse(text), direct).find(({ path }) => path === "Makefile")?.content;
  expect(makefile).toMatch(/--name a --output \.mirage\/crunch a\n/);
  expect(makefile).toMatch(/--name b --output \.mirage\/crunch --links outside b\n/);
});

test("a `#` in the opam root is no comment", () => {
  const opam = { root: "/home/a#b" };
  const files = generate(parse("main-noip: Hello.main"), direct, { opam });
  const makefile = files.find(({ path }) => path === "Makefile")?.content;
  expect(makefile).toContain("\nEXEC = opam exec '--root=/home/a\\#b' --\n");
});

test("what builds leave behind carries the application's name", () => {
  const configuration = parse("main-noip: Hello.main\nname: h-2.0");
  expect(buildProducts(configuration, direct)).toContain("mir-h-2.0");
});

describe("what a target lacks is an error at its place in the .conf file", () => {
  function problem(text: string, target: Target): MirageError {
    try {
      generate(parse(text), target);
    } catch (error) {
      if (error instanceof MirageError) return error;
      throw error;
    }
    throw new Error("no problem");
  }

  test("main-ip on sockets", () => {
    expect(problem("# no packets\nmain-ip: Ping.main", socket)).toMatchObject({
      code: "ERR_MIRAGE_TARGET_MAIN",
      hint: expect.stringContaining("--unix"),
      span: { start: { line: 2 } },
    });
  });

  test("every device that is not there", () => {
    const text = "main-app: Router.Main (net, console, eth1)\nnet-eth1: tap1";
    const { details } = problem(text, socket);
    expect(details.map(({ message }) => message)).toEqual([
      "there is no device `net` with `--socket`",
      "there is no device `eth1` with `--socket`",
    ]);
    expect(details.map(({ span }) => span?.start.column)).toEqual([24, 38]);
  });

  test("an address that is not the unikernel's", () => {
    const text = "main-http: Site.main\nhttp-port: 80\nhttp-address: 127.0.0.1";
    expect(problem(text, direct)).toMatchObject({
      code: "ERR_MIRAGE_TARGET_HTTP_ADDRESS",
      span: { start: { line: 3 } },
    });
    expect(generate(parse(text), socket)).toHaveLength(4);
  });

  test.each(["Console.Main", "Stack.Main", "OS.Main", "Lwt.Main"])(
    "an application called %s, which would hide a device's module",
    (main) => {
      expect(problem(`main-app: ${main} (console, stack)`, direct)).toMatchObject({
        code: "ERR_MIRAGE_MODULE_NAME",
        span: { start: { line: 1 } },
      });
    },
  );

  test("names that only look similar are no problem", () => {
    generate(parse("main-app: Consoles.Main (console)"), direct);
    generate(parse("main-noip: Stack.main"), direct);
  });
});
