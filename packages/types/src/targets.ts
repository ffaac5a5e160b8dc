import type { Component, Driver, Target } from "./target.js";
import { withKnownHoles } from "./template.js";

const net: Component = { package: "mirage-runtime-net", library: "mirage-runtime-net" };
const http: Component = { package: "mirage-runtime-http", library: "mirage-runtime-http" };
const tls: Component = { package: "mirage-runtime-tls", library: "mirage-runtime-tls.https" };
const crunch: Component = { package: "mirage-runtime-crunch", library: "mirage-runtime-crunch" };
const fat: Component = { package: "mirage-runtime-fat", library: "mirage-runtime-fat" };
const operations: Component = {
  package: "mirage-runtime-operations",
  library: "mirage-runtime-operations",
};
const unix: Component = { package: "mirage-runtime-unix", library: "mirage-runtime-unix" };
const kernel: Component = { package: "mirage-runtime-kernel", library: "mirage-runtime-kernel" };
const xen: Component = { package: "mirage-runtime-xen", library: "mirage-runtime-xen" };
const virtio: Component = { package: "mirage-runtime-virtio", library: "mirage-runtime-virtio" };
const js: Component = { package: "mirage-runtime-js", library: "mirage-runtime-js" };
const jsStack: Component = { package: "mirage-runtime-js", library: "mirage-runtime-js.stack" };
const sockets: Component = {
  package: "mirage-runtime-unix",
  library: "mirage-runtime-unix.socket",
};

const dns: Component = { package: "mirage-runtime-dns", library: "mirage-runtime-dns" };

const httpConfig = `let config =
    { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
  in`;

/** Drivers that read the same wherever the runtime's modules have these names. */
const common = {
  console: { module: "Console", value: "console", connect: `Console.connect "console"` },
  clock: { module: "Clock" },
  time: { module: "OS.Time" },
  random: { module: "Random" },
  entropy: { module: "Entropy", value: "entropy", connect: "Entropy.connect ()" },
  io_page: { module: "Io_page" },
  fs: {
    components: [crunch],
    module: "Filesystem_%{name}",
    value: "fs_%{name}",
    connect: "Filesystem_%{name}.connect ()",
  },
  block: { module: "Block", value: "block_%{name}", connect: "Block.connect %{path}" },
  fat: {
    components: [fat],
    needs: ["block"],
    modules: [{ name: "Fat_%{name}", body: "Fat.Make (Block) (Io_page)" }],
    module: "Fat_%{name}",
    value: "fat_%{name}",
    connect: "Fat_%{name}.connect %{block}",
  },
} as const satisfies Record<string, Driver>;

/** Drivers of targets that have a `stack`. */
const overStack = {
  http: {
    components: [http],
    needs: ["stack"],
    modules: [{ name: "Http", body: "Http_stack.Make (%{http-stack})" }],
    module: "Http.Server",
    value: "http",
    binding: `let http server =
  ${httpConfig}
  %{http-health}Http.listen ~config stack ~port:%{http-port} server;
  Stack.listen stack`,
  },
} as const satisfies Record<string, Driver>;

/** Drivers that open connections by name, over a `stack`. */
const clients = {
  resolver: {
    components: [dns],
    needs: ["stack"],
    modules: [{ name: "Resolver", body: "Dns_resolver.Make (Stack) (OS.Time) (Clock)" }],
    module: "Resolver",
    value: "resolver",
    connect: "Resolver.connect stack",
  },
  http_client: {
    components: [http],
    needs: ["stack", "resolver"],
    modules: [{ name: "Client", body: "Http_client.Make (Stack) (Resolver) (OS.Time)" }],
    module: "Client",
    value: "http_client",
    binding: "let http_client = Client.create (stack, resolver)",
  },
  https_client: {
    components: [http, tls],
    needs: ["stack", "resolver", "entropy"],
    modules: [
      {
        name: "Secure_client",
        body: "Https_client.Make (Stack) (Resolver) (OS.Time) (Clock) (Entropy)",
      },
    ],
    module: "Secure_client",
    value: "https_client",
    connect: "Secure_client.connect ~entropy ~anchors:Trust_anchors.pem stack resolver",
  },
} as const satisfies Record<string, Driver>;

/** An HTTP server with HTTPS beside it. */
const https = {
  components: [http, tls],
  needs: ["stack", "entropy"],
  modules: [
    { name: "Http", body: "Http_stack.Make (%{http-stack})" },
    { name: "Http_tls", body: "Https.Make (%{http-stack}) (OS.Time) (Clock) (Entropy)" },
  ],
  module: "Http.Server",
  value: "http",
  binding: `let http server =
  ${httpConfig}
  %{http-health}%{https-identity} >>= fun identity ->
  Http_tls.listen%{https-options} ~entropy ~identity ~config stack ~port:%{https-port} server >>= fun () ->
  Http.listen ~config stack ~port:%{http-port} %{http-server};
  Stack.listen stack`,
} as const satisfies Driver;

/** The same with certificates that an authority gives. */
const acme = {
  components: https.components,
  needs: ["stack", "entropy", "https_client", "io_page"],
  modules: [
    { name: "Http", body: "Http_stack.Make (%{http-stack})" },
    {
      name: "Http_tls",
      body: `Https_acme.Make (%{http-stack}) (OS.Time) (Clock) (Entropy)
  (Secure_client) (Block) (Io_page)`,
    },
  ],
  module: "Http.Server",
  value: "http",
  binding: `let http server =
  ${httpConfig}
  let settings =
    %{acme-settings}
  in
  Http_tls.listen%{https-options} settings ~entropy ~client:https_client ~store:%{acme-store}
    ~config stack ~port:%{https-port} server
  >>= fun answering ->
  %{http-health}Http.listen ~config stack ~port:%{http-port} (answering %{http-server});
  Stack.listen stack`,
} as const satisfies Driver;

/** A TCP/IP stack of the program's own on network devices. */
const ownStack = {
  drivers: {
    net: { module: "Netif", value: "net", connect: `Netif.connect "net"` },
    network: { module: "Netif", value: "net_%{name}", connect: "Netif.connect %{id}" },
    stack: {
      components: [net],
      needs: ["console", "net"],
      modules: [
        { name: "Stack_ethif", body: "Ethif.Make (Netif)" },
        { name: "Stack_ipv4", body: "Ipv4.Make (Stack_ethif)" },
        { name: "Stack_udpv4", body: "Udpv4.Make (Stack_ipv4)" },
        { name: "Stack_tcpv4", body: "Tcpv4.Make (Stack_ipv4) (OS.Time) (Clock) (Random)" },
        {
          name: "Stack",
          body: `Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)`,
        },
      ],
      module: "Stack",
      value: "stack",
      connect: `Stack.connect { V1_LWT.name = "stack"; console; interface = net; mode = addressing }`,
      connected:
        "Stack.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event))",
    },
  },
  stackWithIpv6: {
    components: [net],
    needs: ["console", "net"],
    modules: [
      { name: "Stack_ethif", body: "Ethif.Make (Netif)" },
      { name: "Stack_ipv4", body: "Ipv4.Make (Stack_ethif)" },
      { name: "Stack_ipv6", body: "Ipv6.Make (Stack_ethif) (OS.Time) (Clock)" },
      {
        name: "Stack",
        body: `Tcpip_stack_v4v6.Make (Console) (OS.Time) (Clock) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_ipv6)`,
      },
      { name: "Stack_both", body: "Listen_both.Make (Stack)" },
    ],
    module: "Stack",
    value: "stack",
    connect: `Stack.connect { V1_LWT.name = "stack"; console; interface = net;
      mode = { V1_LWT.ipv4 = addressing; ipv6 = addressing6 } }`,
    connected: "Stack.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event))",
  },
  addressing: {
    dhcp: "Ip_arguments.addressing `DHCP",
    static: `let ip = Ipaddr.V4.of_string_exn in
Ip_arguments.addressing (\`IPv4 (ip %{address}, ip %{netmask}, [ ip %{gateway} ]))`,
  },
  ip: {
    components: [net],
    net: `module Manager = Net_manager.Make (Console) (OS.Time) (Clock) (Random) (Netif)
module Flow = Manager.Flow
module Datagram = Manager.Datagram
module Channel = Manager.Channel
`,
    run: `let configure interface =
  Net.Manager.configure interface addressing >|= fun () -> OS.Status.report "ready"
in
let start manager interface id =
  (if id = "net" then configure interface else Lwt.return_unit) >>= fun () ->
  %{main} manager interface id
in
let on_event event = OS.Status.report (Stack_event.to_string event) in
Net.Manager.create ~devices:%{devices} ~on_event start`,
  },
} as const satisfies Pick<Target, "drivers" | "stackWithIpv6" | "addressing" | "ip">;

/** A kernel for any machine: Xen's, and virtual ones with virtio devices. It is the same file for all. */
const kernelImage = {
  components: [kernel, xen, virtio, operations],
  drivers: {
    ...common,
    ...overStack,
    ...clients,
    ...ownStack.drivers,
    // A disk has no path in there: Block assigns the domain's disks to names in order.
    block: { ...common.block, connect: "Block.connect %{id}" },
  },
  https,
  acme,
  stackWithIpv6: ownStack.stackWithIpv6,
  addressing: ownStack.addressing,
  ip: ownStack.ip,
  lacking: "use another target",
  link: {
    mode: "object",
    product: "main.exe.o",
    program: "mir-%{name}.xen",
    tool: "mirage-link-kernel",
    byproducts: [".sym"],
    forbids: ["unix", "threads", "threads.posix"],
  },
} as const satisfies Partial<Target>;

/** Everything mirage can build for; the first is the default. */
export const targets = withKnownHoles([
  {
    name: "unix-direct",
    flag: "--unix",
    doc: "a Unix process with its own TCP/IP stack on a TAP device",
    components: [unix, operations],
    connected: "OS.Sandbox.enter ()",
    drivers: {
      ...common,
      ...overStack,
      ...clients,
      ...ownStack.drivers,
    },
    https,
    acme,
    stackWithIpv6: ownStack.stackWithIpv6,
    addressing: ownStack.addressing,
    ip: ownStack.ip,
    lacking: "use another target",
    link: { mode: "exe", product: "main.exe", program: "mir-%{name}" },
    run: { as: "process", network: "tap" },
  },
  {
    name: "unix-socket",
    flag: "--socket",
    doc: "a Unix process on the host's sockets",
    components: [unix, operations],
    connected: "OS.Sandbox.enter ()",
    drivers: {
      ...common,
      ...overStack,
      ...clients,
      stack: {
        components: [sockets, net],
        needs: ["console"],
        modules: [{ name: "Stack", body: "Tcpip_stack_socket.Make (Console)" }],
        module: "Stack",
        value: "stack",
        connect: `Stack.connect { V1_LWT.name = "stack"; console; interface = addressing; mode = () }`,
      },
    },
    https,
    acme,
    addressing: { dhcp: "%{interfaces}", static: "%{interfaces}" },
    lacking: "the host's sockets carry no packets: use --unix",
    link: { mode: "exe", product: "main.exe", program: "mir-%{name}", static: true },
    run: { as: "process", network: "sockets" },
  },
  {
    name: "xen",
    flag: "--xen",
    doc: "a kernel for Xen with its own TCP/IP stack",
    ...kernelImage,
    run: { as: "xen", network: "bridge" },
  },
  {
    name: "virtio",
    flag: "--virtio",
    doc: "a kernel for virtual machines with its own TCP/IP stack",
    ...kernelImage,
    run: { as: "qemu", network: "tap" },
  },
  {
    name: "javascript",
    flag: "--js",
    doc: "a JavaScript module for Node.js and browsers",
    components: [js, operations],
    drivers: {
      ...common,
      ...overStack,
      resolver: clients.resolver,
      http_client: clients.http_client,
      ...ownStack.drivers,
      stack: {
        components: [net, jsStack],
        needs: ["console"],
        opens: "net",
        modules: [
          ...ownStack.drivers.stack.modules.slice(0, -1),
          {
            name: "Stack_direct",
            body: `struct
  include Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
    (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)

  let on_event t f = on_event t (fun event -> f (Stack_event.to_string event))
end`,
          },
          { name: "Stack", body: "Tcpip_stack_js.Make (Console) (Stack_direct)" },
        ],
        module: "Stack",
        value: "stack",
        connect: `let interface = { Tcpip_stack_js.addresses = %{interfaces}; addressing } in
  Stack.connect { V1_LWT.name = "stack"; console; interface; mode = () }`,
      },
    },
    addressing: ownStack.addressing,
    ip: ownStack.ip,
    lacking: "use another target",
    link: {
      mode: "js",
      product: "main.bc.js",
      program: "mir-%{name}.js",
      tool: "mirage-link-js",
      takesImages: true,
      forbids: ["unix", "threads", "threads.posix"],
    },
    run: { as: "node", network: "tap" },
  },
] as const satisfies readonly Target[]);

export type TargetName = (typeof targets)[number]["name"];
