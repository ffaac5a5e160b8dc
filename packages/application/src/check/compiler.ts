import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a program of the compiler answered. */
export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** No question takes so long: milliseconds. */
const patienceMs = 60_000;

/** OCaml's compiler in a folder of its own, for questions about types; `close` removes the folder. */
export class Compiler {
  readonly #folder = mkdtempSync(join(tmpdir(), "mirage-check-"));
  readonly #env: NodeJS.ProcessEnv;
  readonly #flags: readonly string[];
  readonly #reading: readonly string[];

  /**
   * @param libraries findlib's names of what the sources are compiled with
   * @param reading options that say how sources are read, such as `-open` and `-pp`
   */
  constructor(
    libraries: readonly string[],
    env: NodeJS.ProcessEnv,
    reading: readonly string[] = [],
  ) {
    this.#env = env;
    this.#reading = reading;
    this.#flags = ["-w", "-a", "-I", ".", "-package", libraries.join(","), ...reading];
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text);
  }

  /** The files, each after those that it refers to. */
  async sorted(files: readonly string[]): Promise<readonly string[]> {
    const { ok, text } = await this.#run(["ocamldep", "-sort", ...this.#reading, ...files]);
    return ok ? text.split(/\s+/).filter((name) => name !== "") : files;
  }

  /** Compiles files, up to the first with an error. */
  compile(...files: readonly string[]): Promise<Answer> {
    return this.#run(["ocamlc", "-c", ...this.#flags, ...files]);
  }

  /** The signature that the compiler infers for a source. */
  async signatureOf(source: string): Promise<string | undefined> {
    this.write("mirage_asked.ml", source);
    const { ok, text } = await this.#run(["ocamlc", "-i", ...this.#flags, "mirage_asked.ml"]);
    return ok ? text : undefined;
  }

  /** The compiler's complaint about a source; nothing if it has none. */
  async complaintAbout(source: string): Promise<string | undefined> {
    this.write("mirage_asked.ml", source);
    const { ok, text } = await this.compile("mirage_asked.ml");
    return ok ? undefined : text;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(args: readonly string[]): Promise<Answer> {
    return new Promise((settle) => {
      const child = spawn("ocamlfind", args, {
        cwd: this.#folder,
        env: { ...this.#env, OCAML_COLOR: "never" },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: patienceMs,
      });
      let text = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
      }
      child.on("error", () => settle({ ok: false, text: "" }));
      child.on("close", (code) => settle({ ok: code === 0, text }));
    });
  }
}
