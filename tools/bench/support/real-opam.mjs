import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure.mjs";

/** An opam root of its own, with one repository and an empty switch. */
export class RealOpam {
  constructor(folder, repository) {
    this.folder = folder;
    this.env = {
      ...process.env,
      OPAMROOT: join(folder, "root"),
      OPAMYES: "1",
      OPAMCONFIRMLEVEL: "unsafe-yes",
      OPAMROOTISOK: "1",
      OPAMCOLOR: "never",
      OPAMUTF8: "never",
      OPAMNOENVNOTICE: "1",
      OPAMNOSELFUPGRADE: "1",
      OPAMSOLVERTIMEOUT: "600",
    };
    this.run("init", "--bare", "--disable-sandboxing", "--no-setup", "bench", repository);
    this.run("option", "depext=false", "--global");
    this.run("switch", "create", "e", "--empty");
  }

  run(...args) {
    execFileSync("opam", args, { env: this.env, stdio: ["ignore", "ignore", "pipe"] });
  }

  get version() {
    return execFileSync("opam", ["--version"], { encoding: "utf8" }).trim();
  }

  /** Asks what it would install, measured; `plan` is the sorted packages, or why there is none. */
  async ask(question) {
    const json = join(this.folder, "answer.json");
    const args = ["install", "--switch", "e", "--show-actions", `--json=${json}`, ...question];
    const measured = await measure("opam", args, { env: this.env });
    if (measured.code === 20) return { ...measured, plan: "conflict" };
    if (measured.code !== 0) throw new Error(`opam ${args.join(" ")}:\n${measured.output}`);
    const { solution } = JSON.parse(readFileSync(json, "utf8"));
    const installed = solution.filter((action) => action.install).map(({ install }) => install);
    const plan = installed.map(({ name, version }) => `${name}.${version}`).sort();
    return { ...measured, plan: plan.join(" ") };
  }
}
