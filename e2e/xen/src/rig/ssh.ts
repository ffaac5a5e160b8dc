import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Background, eventually, type Outcome, run } from "./process.js";

/** A new key pair in `folder`; returns the public half. */
export function makeKey(folder: string): string {
  const key = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "rig", "-f", key]);
  return readFileSync(`${key}.pub`, "utf8");
}

/** The way into dom0, with the key in `folder`. All sessions share one connection. */
export class Ssh {
  /** Its ssh_config(5). */
  readonly config: string;
  #connection: Background | undefined;

  constructor(folder: string, host: string, port: number) {
    this.config = join(folder, "ssh_config");
    const lines = [
      `Host ${host}`,
      "HostName 127.0.0.1",
      `Port ${port}`,
      "User root",
      `IdentityFile ${join(folder, "key")}`,
      "IdentitiesOnly yes",
      "BatchMode yes",
      "ConnectTimeout 30",
      "ServerAliveInterval 15",
      // dom0 makes a new host key at every boot.
      "StrictHostKeyChecking no",
      "UserKnownHostsFile /dev/null",
      "LogLevel ERROR",
      `ControlPath ${join(folder, "ssh")}`,
    ];
    writeFileSync(this.config, `${lines.join("\n")}\n`);
  }

  /** Waits for the server's answer. */
  async connect(host: string): Promise<void> {
    const options = ["-F", this.config];
    await eventually("an answer of dom0's ssh server", 120, async () => {
      if (!this.#connection?.running) {
        this.#connection = new Background("ssh", [...options, "-M", "-N", host], {});
      }
      const { code } = await run("ssh", [...options, "-O", "check", host]);
      return code === 0 ? true : undefined;
    });
  }

  exec(host: string, command: string, input?: Buffer | string): Promise<Outcome> {
    return run("ssh", ["-F", this.config, host, command], { input });
  }

  async close(): Promise<void> {
    await this.#connection?.end();
  }
}
