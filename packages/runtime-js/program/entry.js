/**
 * Starts the unikernel; it may run several times in one page or process.
 * @param {import("@mirage/runtime-js").StartOptions} [options]
 * @returns {import("@mirage/runtime-js").Unikernel}
 */
export function start({ network, networks, print, ...options } = {}) {
  const host = new Host({
    print: print ?? ((text) => console.log(text.replace(/\n$/, ""))),
    networks: { ...(network === undefined ? {} : { net: network }), ...networks },
    ...options,
  });
  host.run(program, images);
  return {
    exited: host.exited,
    stop() {
      host.signal(15);
      return host.exited;
    },
  };
}

/** Runs the unikernel as the program of this process of Node.js: its signals, output and exit code. */
export async function main(options = {}) {
  const { constants } = nodeModule("os");
  const streams = { stdout: process.stdout, stderr: process.stderr };
  for (const stream of Object.values(streams)) stream.on("error", () => {}); // nobody reads it
  const host = new Host({
    env: process.env,
    args: process.argv.slice(2),
    print: (text, stream) => void streams[stream].write(text),
    ...options,
  });
  const asked = new Set();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.on(name, () => {
      // The second time, it is stuck.
      if (asked.has(name)) process.exit(128 + constants.signals[name]);
      asked.add(name);
      host.signal(constants.signals[name]);
    });
  }
  host.run(program, images);
  const code = await host.exited;
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
  setTimeout(() => process.exit(code), 1000); // nobody reads what it has written
}

function isMain() {
  const path = globalThis.process?.argv?.[1];
  if (!nodeModule || path === undefined) return false;
  try {
    return (
      nodeModule("url").pathToFileURL(nodeModule("fs").realpathSync(path)).href === import.meta.url
    );
  } catch {
    return false;
  }
}

if (isMain()) await main();
