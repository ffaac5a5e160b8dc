import { type FramePort, Station, VirtualSwitch } from "@mirage/virtual-switch";
import { type FromWorker, type PageConfiguration, siteFolder, type ToWorker } from "./messages.js";
import { Site } from "./site.js";

const configuration = (await (await fetch("unikernel.json")).json()) as PageConfiguration;
const instance = crypto.randomUUID().slice(0, 8);
const sitePath = `${siteFolder}${instance}/`;

/** Milliseconds that a unikernel has to end by itself. */
const graceMs = 3000;

/** One run: its worker, its wire, and the page's computer at the other end. */
interface Run {
  readonly worker: Worker;
  readonly net: VirtualSwitch;
  readonly station: Station | undefined;
}

let current: Run | undefined;
const site = new Site(instance, configuration, () => current?.station);

const element = (id: string) => document.getElementById(id) as HTMLElement;
const [startButton, stopButton, pingButton] = ["start", "stop", "ping"].map(
  (id) => element(id) as HTMLButtonElement,
) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
const frame = element("frame") as HTMLIFrameElement;

function show(state: "starting" | "running" | "stopped", detail = ""): void {
  document.body.dataset.state = state;
  element("state").textContent = detail === "" ? state : `${state}, ${detail}`;
  startButton.disabled = state !== "stopped";
  stopButton.disabled = state === "stopped";
  pingButton.disabled = state !== "running" || !configuration.network;
}

function print(text: string, kind: "stdout" | "stderr" | "news"): void {
  const line = document.createElement("span");
  line.className = kind;
  line.textContent = text;
  const log = element("console");
  log.append(line);
  while (log.childNodes.length > 2000) log.firstChild?.remove();
  log.scrollTop = log.scrollHeight;
}

const news = (text: string) => print(`${text}\n`, "news");

function start(): void {
  const worker = new Worker("worker.js", { type: "module" });
  const net = new VirtualSwitch();
  const { network, module } = configuration;
  const station = network
    ? new Station(net.cable("this page") as unknown as FramePort, {
        address: network.gateway,
        lease: network,
      })
    : undefined;
  const run = { worker, net, station };
  current = run;
  show("starting");
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (current === run) hear(data);
  };
  worker.onerror = ({ message }) => {
    if (current === run) hear({ type: "failed", message });
  };
  const port = network ? net.cable("unikernel") : undefined;
  const url = new URL(module, document.baseURI).href;
  const message: ToWorker = { type: "start", module: url, ...(port ? { network: port } : {}) };
  worker.postMessage(message, port ? [port] : []);
}

function hear(message: FromWorker): void {
  switch (message.type) {
    case "print":
      print(message.text, message.stream);
      return;
    case "status":
      hearStatus(message.line);
      return;
    case "exited":
      ended(`exit code ${message.code}`);
      return;
    case "failed":
      print(`${message.message}\n`, "stderr");
      ended("it could not go on");
      return;
  }
}

function hearStatus(line: string): void {
  const [word, protocol, port] = line.split(" ");
  if (word === "ready") show("running");
  if (word === "address") news(`its address is ${protocol}`);
  if (word !== "listen") return;
  news(`it listens on ${protocol?.toUpperCase()} port ${port}`);
  if (protocol !== "tcp") return;
  if (Number(port) === configuration.httpPort) open("/");
  else offer(Number(port));
}

/** A button that connects to a port that is not the web server's, and shows what comes. */
function offer(port: number): void {
  const button = document.createElement("button");
  button.textContent = `Connect to TCP port ${port}`;
  button.onclick = async () => {
    const { network } = configuration;
    const station = current?.station;
    if (!station || !network) return;
    try {
      const connection = await station.connect(network.address, port);
      const decoder = new TextDecoder();
      for (let data = await connection.read(); data; data = await connection.read()) {
        print(decoder.decode(data, { stream: true }), "news");
      }
      connection.close();
    } catch (error) {
      news(String(error));
    }
  };
  element("ports").append(button);
}

function ended(detail: string): void {
  const run = current;
  current = undefined;
  run?.station?.close();
  run?.net.close();
  run?.worker.terminate();
  element("ports").replaceChildren();
  show("stopped", detail);
  news(`the unikernel has stopped: ${detail}`);
  if (configuration.httpPort !== undefined) frame.src = frame.src || "about:blank";
}

function open(path: string): void {
  frame.src = sitePath + path.replace(/^\/+/, "");
}

// The site

element("address").addEventListener("submit", (event) => {
  event.preventDefault();
  open((element("path") as HTMLInputElement).value);
});
frame.addEventListener("load", () => {
  const { pathname, search } = frame.contentWindow?.location ?? { pathname: "", search: "" };
  const at = pathname.indexOf(sitePath);
  if (at < 0) return;
  (element("path") as HTMLInputElement).value = `/${pathname.slice(at + sitePath.length)}${search}`;
  (element("tab") as HTMLAnchorElement).href = pathname + search;
});

// The unikernel

startButton.onclick = start;
stopButton.onclick = () => {
  const run = current;
  run?.worker.postMessage({ type: "stop" } satisfies ToWorker);
  setTimeout(() => {
    if (run && current === run) ended("it had to be killed");
  }, graceMs);
};
pingButton.onclick = async () => {
  const { network } = configuration;
  if (!network) return;
  try {
    const ms = await current?.station?.ping(network.address);
    if (ms !== undefined) news(`an echo from ${network.address} in ${ms.toFixed(1)} ms`);
  } catch (error) {
    news(String(error));
  }
};

// Figures

function row(...cells: readonly (string | number)[]): HTMLTableRowElement {
  const line = document.createElement("tr");
  line.append(
    ...cells.map((cell) => {
      const field = document.createElement("td");
      field.textContent = typeof cell === "number" ? cell.toLocaleString("en") : cell;
      return field;
    }),
  );
  return line;
}

setInterval(() => {
  const ports = current?.net.ports ?? [];
  element("counters").replaceChildren(
    ...ports.map(({ name, counters }) =>
      row(
        name,
        counters.receivedFrames,
        counters.receivedOctets,
        counters.sentFrames,
        counters.sentOctets,
      ),
    ),
  );
  const connections = current?.station?.connections ?? [];
  element("connections").replaceChildren(
    ...connections.map(({ endpoints }) =>
      row(
        `${endpoints.localAddress.join(".")}:${endpoints.localPort}`,
        `${endpoints.remoteAddress.join(".")}:${endpoints.remotePort}`,
      ),
    ),
  );
  element("no-connections").hidden = connections.length > 0;
}, 500);

document.title = configuration.name;
element("name").textContent = configuration.name;
document.body.classList.toggle("no-site", configuration.httpPort === undefined);
document.body.classList.toggle("no-network", !configuration.network);

if (configuration.httpPort !== undefined) {
  if (!navigator.serviceWorker) {
    news("This browser has no service workers here: open the page by https:// or on localhost.");
  } else {
    await navigator.serviceWorker.register("service-worker.js");
    await navigator.serviceWorker.ready;
    site.listen();
  }
}
start();
