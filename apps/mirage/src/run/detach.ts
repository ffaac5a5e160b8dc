import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfiguredApplication } from "@mirage/application";
import { readLog, register } from "@mirage/instances";
import type { RunFlags } from "@mirage/launch";
import { print, say } from "../terminal/terminal.js";
import { newInstance } from "./supervise.js";
import type { SupervisorJob } from "./supervisor.js";

/** How long, in milliseconds, a unikernel that reports nothing is waited for. */
const silenceMs = 15_000;

/**
 * Starts the application in a process of its own, shows what that says until the unikernel is ready,
 * and leaves it alone. Returns the exit code: 0, or that of a unikernel that never got ready.
 */
export async function detach(application: ConfiguredApplication, flags: RunFlags): Promise<number> {
  const instance = await register({ ...newInstance(application, flags), isDetached: true });
  const path = instance.log ?? "";
  const log = openSync(path, "a");
  const supervisor = spawn(
    process.execPath,
    [fileURLToPath(new URL("./supervisor.js", import.meta.url))],
    {
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    },
  );
  closeSync(log);
  const end = once(supervisor, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const stop = () => supervisor.kill("SIGTERM");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  await once(supervisor, "spawn");
  const { file } = application.configuration;
  const job: SupervisorJob = { conf: resolve(file), flags, folder: instance.folder };
  supervisor.send(job);
  let isOver = false;
  const over = Promise.race([
    once(supervisor, "message").then(() => "ready" as const),
    end.then(([code, signal]) => code ?? 128 + (signal ? constants.signals[signal] : 0)),
    new Promise<"ready">((settle) => setTimeout(settle, silenceMs, "ready").unref()),
  ]).finally(() => {
    isOver = true;
  });
  // The log is open before anything can remove it.
  for await (const chunk of readLog(path, { goOn: async () => !isOver })) {
    process.stderr.write(chunk);
  }
  const outcome = await over;
  process.off("SIGINT", stop).off("SIGTERM", stop);
  if (outcome !== "ready") return outcome;
  if (supervisor.connected) supervisor.disconnect();
  supervisor.unref();
  print(instance.name);
  say(
    `${instance.name} goes on by itself: \`mirage logs -f ${instance.name}\` shows what it prints, \`mirage stop ${instance.name}\` ends it`,
  );
  return 0;
}
