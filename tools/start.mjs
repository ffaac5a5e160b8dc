// npm start: installs what is missing, then takes examples/www from its .conf file to a served page.
// --once fetches the page, prints status and size, and stops.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ensureAptPackages, productPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, workspaceEnv } from "./workspace.mjs";

const example = join(root, "examples/www");
const mirage = join(root, "apps/mirage/bin/mirage.js");
const onlyOnce = process.argv.includes("--once");
const wantedPort = 8080;
const patience = 60_000;

await report(async () => {
  ensureAptPackages(productPackages);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();

  await step("Configuring it for Unix, with what it needs from opam", ["configure", "--unix"]);
  await step("Compiling it", ["build"]);
  say("Starting it: its own TCP/IP stack on a TAP device, in a private network");
  await serve();
});

async function step(title, args) {
  say(`${title}: mirage ${args.join(" ")}`);
  const child = startMirage(args, "inherit");
  const [code] = await once(child, "close");
  if (code !== 0)
    throw new Error(`mirage ${args[0]} failed (exit code ${code}); its message is above`);
}

async function serve() {
  const child = startMirage(["run", "--publish", `${wantedPort}:80`], "pipe");
  const ended = once(child, "close");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  const url = await Promise.race([published(child), ended.then(() => undefined)]);
  if (url === undefined)
    throw new Error("mirage run ended before it served anything; its message is above");
  say(
    `${url} is now served by the unikernel: every answer comes from the OCaml program's own TCP stack`,
  );
  if (onlyOnce) {
    await fetchOnce(url);
    child.kill("SIGINT");
    await ended;
    return;
  }
  say(`Try it from another shell:  curl ${url}`);
  say("Ctrl-C ends it and leaves nothing behind.");
  await ended;
}

/** The URL under which `mirage run` says that the port is published, once somebody serves it. */
async function published(child) {
  let url;
  for await (const line of createInterface({ input: child.stderr })) {
    process.stderr.write(`  ${line}\n`);
    url ??= /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0];
    if (url !== undefined && line.includes("serves TCP port")) {
      child.stderr.pipe(process.stderr);
      return url;
    }
  }
  return undefined;
}

async function fetchOnce(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
  const body = await response.arrayBuffer();
  console.log(`GET ${url}: status ${response.status}, ${body.byteLength} bytes`);
  if (!response.ok || body.byteLength === 0) process.exitCode = 1;
}

function startMirage(args, stderr) {
  return spawn(process.execPath, [mirage, ...args], {
    cwd: example,
    env: workspaceEnv(),
    stdio: ["ignore", "inherit", stderr],
  });
}

function say(text) {
  console.error(`\n${text}`);
}
