// SPDX-License-Identifier: ISC
// What a JavaScript host does for a program: mirage-link-js puts it behind what the compiler has made.

/** A module of Node.js, or nothing in a browser. */
const nodeModule = globalThis.process?.getBuiltinModule;

/** Thrown to leave the program when it has ended. */
const ended = new Error("the program has ended");

/** The longest time, in milliseconds, that setTimeout can wait (a 32-bit integer). */
const longestTimer = 0x7fffffff;

/** One run of the program. */
class Host {
  exited;
  #options;
  #settle;
  #code;
  #signalled;
  #timers = new Set();
  #open = new Set();
  #decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  #deferred = [];
  #channel;

  constructor(options) {
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
    if (!globalThis.setImmediate) {
      this.#channel = new MessageChannel();
      this.#channel.port1.onmessage = () => this.enter(this.#deferred.shift());
    }
  }

  /** Lets the program have its turn. */
  enter(f) {
    if (this.#code !== undefined) return;
    try {
      f();
    } catch (error) {
      if (error !== ended) this.#fail(error);
    }
  }

  /** Starts it, with the globals that it may see. */
  run(program, images) {
    const { env = {}, args = [] } = this.#options;
    const scope = Object.create(globalThis, {
      mirageHost: { value: this },
      mirageImage: { value: (name) => fromBase64(images[name]) },
      // No Node.js for the compiler's runtime: it would look for files and a terminal.
      process: {
        value: { env, argv: ["mirage", "mirage", ...args], exit: (code) => this.exit(code) },
      },
      quit: { value: undefined },
      // What only the real global object can do.
      crypto: { value: crypto },
      addEventListener: { value: undefined },
    });
    this.enter(() => {
      program(scope);
      this.exit(0); // it had no main loop
    });
  }

  exit(code) {
    if (this.#code === undefined) {
      this.#code = code;
      for (const timer of this.#timers) clearTimeout(timer.id);
      for (const resource of this.#open) resource.close();
      this.#channel?.port1.close();
      this.#settle(code);
    }
    throw ended;
  }

  /** Asks it to end, by the number of a signal. */
  signal(number) {
    if (this.#signalled) this.enter(() => this.#signalled(number));
    else this.enter(() => this.exit(128 + number));
  }

  #fail(error) {
    const words = error instanceof Error ? error.stack : String(error);
    this.#print(`Fatal error: ${words}\n`, 2);
    this.enter(() => this.exit(1));
  }

  #print(text, descriptor) {
    this.#options.print(text, descriptor === 2 ? "stderr" : "stdout");
  }

  // Main loop

  suspend(signalled) {
    this.#signalled = signalled;
    throw ended;
  }

  now() {
    // The wall clock in milliseconds, with what the monotonic one knows of their fractions.
    const wall = Date.now();
    const fine = performance.timeOrigin + performance.now() + this.#drift;
    if (Math.abs(fine - wall) > 20) this.#drift += wall - fine;
    return (performance.timeOrigin + performance.now() + this.#drift) / 1000;
  }

  #drift = 0;

  setTimer(seconds, f) {
    const timer = { id: undefined };
    const wait = (ms) => {
      const step = Math.min(ms, longestTimer);
      timer.id = setTimeout(() => {
        if (ms > step) return wait(ms - step);
        this.#timers.delete(timer);
        this.enter(f);
      }, step);
    };
    this.#timers.add(timer);
    wait(Math.ceil(seconds * 1000));
    return timer;
  }

  clearTimer(timer) {
    clearTimeout(timer.id);
    this.#timers.delete(timer);
  }

  defer(f) {
    if (this.#channel === undefined) return void setImmediate(() => this.enter(f));
    this.#deferred.push(f);
    this.#channel.port2.postMessage(undefined);
  }

  // The process

  random(view) {
    const limit = 65_536; // of getRandomValues
    for (let i = 0; i < view.length; i += limit) {
      crypto.getRandomValues(view.subarray(i, i + limit));
    }
  }

  print(descriptor, view) {
    if (this.#code !== undefined) return; // leaving the program is a failure to it
    this.#print(this.#decoders[descriptor].decode(view, { stream: true }), descriptor);
  }

  report(line) {
    this.#options.onStatus?.(line);
  }

  /** Octets that peers may make it hold: a quarter of the machine's; 0 where nobody knows. */
  peerMemory() {
    const said = Number(this.#options.env?.MIRAGE_PEER_MEMORY);
    if (said > 0) return Math.min(said, 0x3fffffff);
    if (!nodeModule) return 0;
    const all = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
    const octets = Math.min(all, nodeModule("os").totalmem());
    return Math.min(Math.floor(octets / 4), 0x3fffffff); // an int has 31 bits somewhere
  }

  // Devices

  #keep(resource) {
    this.#open.add(resource);
    return resource;
  }

  hasNetwork(name) {
    return this.#options.networks?.[name] !== undefined;
  }

  openNetwork(name) {
    const given = this.#options.networks?.[name];
    if (given === undefined) {
      const names = Object.keys(this.#options.networks ?? {});
      const only = names.length > 0 ? `, only ${names.join(", ")}` : "";
      throw new Error(
        `no network device was given to the program as "${name}"${only}: start it with \`mirage run\`, or pass one to \`start\``,
      );
    }
    const { port = given, mac = "" } = given;
    return this.#keep(new NetworkDevice(this, port, mac));
  }

  openDisk(path) {
    const memory = this.#options.disks?.[path];
    if (memory) return new MemoryDisk(memory);
    if (!nodeModule) throw new Error("no disk of that name was passed to `start`");
    return this.#keep(new FileDisk(nodeModule("fs"), path, this.#options.files?.[path]));
  }

  sockets() {
    if (!nodeModule) throw new Error("a browser has no sockets: pass a network to `start`");
    return new Sockets(this);
  }

  /** What the program cannot do without is not to be had. */
  lacks(sentence) {
    this.#print(`${sentence}\n`, 2);
    this.enter(() => this.exit(1));
  }

  /** News for a person. */
  say(sentence) {
    this.#print(`${sentence}\n`, 2);
  }

  keep(resource) {
    return this.#keep(resource);
  }

  forget(resource) {
    this.#open.delete(resource);
  }
}

function fromBase64(text) {
  if (globalThis.Buffer) return new Uint8Array(Buffer.from(text, "base64"));
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** A port that takes frames by `postMessage`, and gives them by `onmessage`. */
class NetworkDevice {
  #host;
  #port;
  #moves;

  constructor(host, port, mac) {
    this.#host = host;
    this.#port = port;
    this.#moves = typeof MessagePort === "function" && port instanceof MessagePort;
    this.mac = mac;
  }

  listen(f) {
    this.#port.onmessage = ({ data }) => {
      const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
      if (frame instanceof Uint8Array) this.#host.enter(() => f(frame));
    };
  }

  send(parts) {
    const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      frame.set(part, offset);
      offset += part.length;
    }
    if (this.#moves) this.#port.postMessage(frame, [frame.buffer]);
    else this.#port.postMessage(frame);
  }

  close() {
    this.#host.forget(this);
    this.#port.onmessage = null;
    this.#port.close?.();
  }
}

/** A disk in memory. */
class MemoryDisk {
  readOnly = false;
  #memory;

  constructor(memory) {
    this.#memory = memory;
    this.size = memory.length;
  }

  async read(position, views) {
    for (const view of views) {
      view.set(this.#memory.subarray(position, position + view.length));
      position += view.length;
    }
  }

  async write(position, views) {
    for (const view of views) {
      this.#memory.set(view, position);
      position += view.length;
    }
  }

  async flush() {}

  close() {}
}

/** A file, or a block device, of Node.js. */
class FileDisk {
  #fs;
  #fd;

  /** `handed` is a descriptor with `readOnly`, for who may not open it itself. */
  constructor(fs, path, handed) {
    this.#fs = fs;
    [this.#fd, this.readOnly] = handed ? [handed.fd, handed.readOnly] : openFile(fs, path);
    const stat = fs.fstatSync(this.#fd);
    if (!stat.isFile()) {
      fs.closeSync(this.#fd);
      throw new Error("not a file");
    }
    this.size = stat.size;
  }

  read(position, views) {
    return this.#transfer("readv", position, views);
  }

  write(position, views) {
    return this.#transfer("writev", position, views);
  }

  #transfer(call, position, views) {
    return new Promise((resolve, reject) => {
      const step = (rest, at) => {
        if (rest.length === 0) return resolve();
        this.#fs[call](this.#fd, rest, at, (error, done) => {
          if (error) return reject(error);
          if (done === 0) return reject(new Error("the file has become shorter"));
          step(behind(rest, done), at + done);
        });
      };
      step(views, position);
    });
  }

  flush() {
    return new Promise((resolve, reject) =>
      this.#fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve())),
    );
  }

  close() {
    this.#fs.closeSync(this.#fd);
  }
}

function openFile(fs, path) {
  try {
    return [fs.openSync(path, "r+"), false];
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM"].includes(error.code)) throw error;
    return [fs.openSync(path, "r"), true];
  }
}

/** The views without their first octets. */
function behind(views, octets) {
  const rest = [...views];
  let left = octets;
  while (rest.length > 0 && left >= rest[0].length) left -= rest.shift().length;
  if (left > 0) rest[0] = rest[0].subarray(left);
  return rest;
}

/** Where a port goes that only privileged programs may have. */
const unprivileged = 8000;

/** The sockets of Node.js. */
class Sockets {
  #host;

  constructor(host) {
    this.#host = host;
  }

  listen(address, port, f) {
    const server = nodeModule("net").createServer({ allowHalfOpen: true, noDelay: true });
    server.on("connection", (socket) => {
      const flow = new Flow(this.#host, socket);
      this.#host.enter(() => f(flow));
    });
    this.#take(server, "TCP", port, (port) => server.listen(port, address));
    return this.#host.keep({ close: () => server.close() });
  }

  /** Has a server or socket take a port; the program ends if it cannot be had. */
  #take(holder, protocol, port, attempt) {
    let tried = port;
    holder.on("error", (error) => {
      if (error.code === "EACCES" && tried === port && port > 0 && port < 1024) {
        tried = port + unprivileged;
        return attempt(tried);
      }
      if (error.syscall !== "listen" && error.syscall !== "bind") return;
      this.#host.lacks(`${protocol} port ${tried} cannot be had: ${whyNoPort(error)}`);
    });
    holder.on("listening", () => {
      if (tried !== port) {
        this.#host.say(
          `${protocol} port ${port} is for privileged programs: listening on port ${tried} in its place`,
        );
      }
      if (port > 0) this.#host.report(`listen ${protocol.toLowerCase()} ${tried}`);
    });
    attempt(port);
  }

  connect(from, address, port) {
    const local = from === "0.0.0.0" ? {} : { localAddress: from };
    const options = { host: address, port, allowHalfOpen: true, noDelay: true, ...local };
    return new Promise((resolve, reject) => {
      const socket = nodeModule("net").connect(options);
      const fail = ({ code, message }) => {
        const words = { ECONNREFUSED: "refused", ETIMEDOUT: "timeout" };
        reject(new Error(words[code] ?? message));
      };
      socket.once("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        resolve(new Flow(this.#host, socket));
      });
    });
  }

  /** The addresses of the name servers that the host asks. */
  nameServers() {
    return nodeModule("dns").getServers();
  }

  bind(address, port, f) {
    // With an answer at once, `bind` takes the port before it returns.
    const lookup = (address, ...rest) => rest.at(-1)(null, address, 4);
    const socket = nodeModule("dgram").createSocket({ type: "udp4", lookup });
    socket.on("message", (payload, { address: from, port: source }) => {
      this.#host.enter(() => f(from, source, address, new Uint8Array(payload)));
    });
    socket.on("listening", () => socket.setBroadcast(true));
    this.#take(socket, "UDP", port, (port) => socket.bind(port, address));
    const send = (to, port, view) =>
      new Promise((resolve, reject) => {
        // What the network doesn't take is lost.
        const isLost = ({ code }) => code !== "EMSGSIZE" && code !== "EINVAL";
        socket.send(view, port, to, (error) => {
          if (error && !isLost(error)) reject(error);
          else resolve();
        });
      });
    const own = () => socket.address().port;
    const close = () => {
      this.#host.forget(opened);
      socket.close(); // a second time it would throw
    };
    const opened = this.#host.keep({ send, own, close });
    return opened;
  }
}

function whyNoPort({ code, message }) {
  if (code === "EADDRINUSE") return "another program has it";
  if (code === "EADDRNOTAVAIL") return "this machine does not have that address";
  return message;
}

/** Milliseconds that a peer has to close its side, once nobody reads any more. */
const lingerMs = 3000;

/** A connection of Node.js. */
class Flow {
  #socket;
  #arrived = [];
  #ended = false;
  #error;
  #waiting;

  constructor(host, socket) {
    this.#socket = socket;
    this.address = (socket.remoteAddress ?? "0.0.0.0").replace(/^::ffff:/, "");
    this.port = socket.remotePort ?? 0;
    host.keep(this);
    socket.setKeepAlive(true);
    socket.on("data", (data) => {
      this.#arrived.push(data);
      socket.pause();
      this.#tell();
    });
    socket.on("end", () => this.#finish());
    socket.on("error", (error) => this.#finish(error));
    socket.on("close", () => {
      host.forget(this);
      this.#finish();
    });
    socket.pause();
  }

  #finish(error) {
    this.#ended = true;
    this.#error ??= error;
    this.#tell();
  }

  #tell() {
    const { resolve, reject } = this.#waiting ?? {};
    if (!resolve) return;
    const next = this.#arrived.shift();
    if (next === undefined && !this.#ended) return;
    this.#waiting = undefined;
    if (next !== undefined) resolve(new Uint8Array(next.buffer, next.byteOffset, next.length));
    else if (this.#error) reject(this.#error);
    else resolve(new Uint8Array(0));
  }

  read() {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#tell();
      if (this.#waiting) this.#socket.resume();
    });
  }

  write(views) {
    const socket = this.#socket;
    if (!socket.writable) return Promise.reject(new Error("the connection is closed"));
    return new Promise((resolve, reject) => {
      const last = views.length - 1;
      if (last < 0) return resolve();
      socket.cork();
      views.forEach((view, i) => {
        if (i < last) socket.write(view);
        else socket.write(view, (error) => (error ? reject(error) : resolve()));
      });
      socket.uncork();
    });
  }

  // What the peer still sends is for `read`. One that doesn't close its side either, and to whom
  // nobody listens, would keep the connection for ever.
  #linger() {
    if (this.#socket.destroyed) return;
    if (this.#ended) return void this.#socket.destroy();
    if (!this.#waiting) this.#socket.resume();
    setTimeout(() => {
      if (!this.#waiting || this.#ended) this.#socket.destroy();
      else this.#linger();
    }, lingerMs).unref();
  }

  close() {
    return new Promise((resolve) => {
      if (!this.#socket.writable || this.#socket.destroyed) return resolve();
      this.#socket.end(() => {
        resolve();
        this.#linger();
      });
    });
  }

  reset() {
    this.#socket.resetAndDestroy();
  }
}
