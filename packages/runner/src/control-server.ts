import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { withSocketPath } from "@mirage/plan";

/** A line of a request is no longer: what the program takes (`Control.longest`). */
const longestRequest = 4000;

/** Octets that wait for a client before the program is not read any further. */
const mostWaiting = 1024 * 1024;

/** What is done with a program, not asked of it. */
export interface Steering {
  /** Until `resume`, the program answers nobody. */
  pause(): void;
  resume(): void;
  /** Ends it and starts it again. */
  restart(): void;
}

/**
 * Lets others of this user ask a program, on a Unix socket that only the user opens. The program has one
 * stream, on which requests have numbers; a client of the socket has a connection for each request: it
 * writes one line, reads lines `more BASE64`, and a last one, `ok JSON` or `error SENTENCE`. When it ends
 * its side before, the request is stopped. `pause`, `resume` and `restart` are obeyed without the program.
 */
export class ControlServer {
  readonly #program: Duplex;
  readonly #steering: Steering;
  readonly #server: Server;
  readonly #clients = new Map<string, Socket>();
  #last = 0;
  #isPaused = false;

  private constructor(program: Duplex, steering: Steering) {
    this.#program = program;
    this.#steering = steering;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#welcome(client));
    program.on("error", () => {}); // it has ended, and so for readline, which emits the error again
    const lines = createInterface({ input: program }).on("error", () => {});
    lines.on("line", (line) => this.#hear(line));
  }

  /** Serves a socket at `path`, in the place of one that somebody has left there. */
  static async listen(path: string, program: Duplex, steering: Steering): Promise<ControlServer> {
    const served = new ControlServer(program, steering);
    await rm(path, { force: true });
    const mask = process.umask(0o177);
    try {
      withSocketPath(path, (short) => served.#server.listen(short));
    } finally {
      process.umask(mask);
    }
    await once(served.#server, "listening");
    served.#server.unref();
    return served;
  }

  close(): void {
    this.#server.close();
    for (const client of this.#clients.values()) client.destroy();
  }

  #welcome(client: Socket): void {
    const id = `${++this.#last}`;
    this.#clients.set(id, client);
    let request = "";
    client.setEncoding("utf8");
    client.on("error", () => {});
    client.on("data", (text: string) => {
      if (request.includes("\n")) return;
      request += text;
      const [line = ""] = request.split("\n", 1);
      if (line.length > longestRequest) client.destroy();
      else if (request.includes("\n")) this.#take(id, line);
    });
    const stop = () => {
      if (this.#clients.has(id)) this.#program.write(`${id} stop ${id}\n`);
    };
    client.on("end", stop);
    client.on("close", () => {
      stop();
      this.#clients.delete(id);
      this.#program.resume();
    });
  }

  #take(id: string, request: string): void {
    if (request === "pause" || request === "resume" || request === "restart") {
      this.#steering[request]();
      this.#isPaused = request === "pause";
      this.#hear(`${id} ok {}`);
    } else if (this.#isPaused) {
      this.#hear(`${id} error it is paused`);
    } else {
      this.#program.write(`${id} ${request}\n`);
    }
  }

  #hear(line: string): void {
    const at = line.indexOf(" ");
    const id = line.slice(0, at);
    const client = this.#clients.get(id);
    if (client === undefined) return;
    const answer = line.slice(at + 1);
    client.write(`${answer}\n`);
    if (!answer.startsWith("more ")) {
      this.#clients.delete(id);
      client.end();
    } else if (client.writableLength > mostWaiting) {
      this.#program.pause();
      client.once("drain", () => this.#program.resume());
    }
  }
}
