import { readFileSync } from "node:fs";
import type { DiskFormat } from "@mirage/disk-image";
import { targets } from "@mirage/types";
import { type AddHelpTextContext, Command, Option } from "commander";
import { addEc2Commands } from "./ec2/program.js";
import { addOciCommands } from "./oci/program.js";
import { helpStyle } from "./terminal/help.js";
import { beQuiet } from "./terminal/terminal.js";
import { wholeNumber } from "./terminal/whole-number.js";

const diskFormats: DiskFormat[] = ["raw", "qcow2", "vmdk", "vhd", "vhdx", "gce"];

/**
 * The command tree. A command's code is loaded when the command is run.
 * @param programArgs what stands behind `--`, for the program that `run` or `exec` starts
 */
export function createProgram(programArgs: readonly string[] = []): Command {
  const program = new Command("mirage")
    .description("Build, run and publish OCaml unikernels from one .conf file.")
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    .configureHelp(helpStyle)
    .addHelpText("after", exampleText)
    .exitOverride()
    .hook("preAction", (_, action) => {
      if (action.opts().quiet) beQuiet();
    })
    .showHelpAfterError("(run `mirage help` for the list of commands)")
    .enablePositionalOptions();

  const conf = ["[FILE]", "the .conf file; without it, the only one of this folder"] as const;
  const dryRun = ["--dry-run", "print what would be done and do nothing"] as const;
  const trustXl = [
    "--trust-xl",
    "Xen: let the xl-* lines have xl run programs and use files of the host, as root",
  ] as const;
  const quiet = ["-q, --quiet", "print nothing but warnings and errors"] as const;
  const everything = "print every step, what called programs print, and stacks of errors";
  const asJson = ["--json", "with --dry-run: print it as JSON"] as const;

  program.commandsGroup("An application:");
  command(program, "init", "write a new application into a folder, from a template")
    .argument("[TEMPLATE]", "hello, site, http, ping or block; asked for on a terminal")
    .option("--directory <DIR>", "the folder, made if need be; this one by default")
    .option("--name <NAME>", "what it is called; by default as the folder")
    .option("--list", "only list the templates, and the targets that each runs on")
    .option("--json", "with --list or --dry-run: print it as JSON")
    .option(...dryRun)
    .action(async (template, options) => {
      const { init } = await import("./commands/init.js");
      await init(template, options);
    });

  command(program, "check", "only report every problem of the .conf file and of what it names")
    .argument(...conf)
    .option("--json", "print the problems as JSON")
    .action(async (file, options) => {
      const { check } = await import("./commands/check.js");
      await check(file, options);
    });

  const describe = command(
    program,
    "describe",
    "show what the application consists of: devices, functors, packages",
  ).argument(...conf);
  addTargets(describe)
    .option("--json", "as JSON")
    .option("--dot", "as a graph for Graphviz")
    .option("--svg", "as an image, for light and dark pages")
    .action(async (file, options) => {
      const { describe } = await import("./commands/describe.js");
      await describe(file, options);
    });

  const configure = command(
    program,
    "configure",
    "read the .conf file, install packages, write main.ml and Makefile",
    everything,
  ).argument(...conf);
  addPackageOptions(configure)
    .option(...quiet)
    .option("--no-install", "install nothing, say what would be installed")
    .option("--locked", "install exactly what the lock file says, or nothing if it does not fit")
    .addOption(
      new Option(
        "--allow-removal <PACKAGE>",
        "let this package go from the switch, if others need that; repeatable",
      ).argParser(repeated),
    )
    .addOption(
      new Option(
        "--allow-downgrade <PACKAGE>",
        "let the switch have an older version of this package; repeatable",
      ).argParser(repeated),
    )
    .option("--force", "overwrite generated files although somebody edited them")
    .option(...trustXl)
    .option(...dryRun)
    .option(...asJson)
    .action(async (file, options) => {
      const { configure } = await import("./commands/configure.js");
      await configure(file, options);
    });

  command(program, "build", "compile the configured application", everything)
    .argument(...conf)
    .option(...quiet)
    .option(...dryRun)
    .option(...asJson)
    .action(async (file, options) => {
      const { build } = await import("./commands/build.js");
      await build(file, options);
    });

  command(program, "run", "start the built application and follow it until it ends")
    .usage("[options] [FILE] [-- ARG...]")
    .argument(...conf)
    .addOption(
      new Option(
        "-p, --publish <[ADDRESS:]PORT:PORT[/udp]>",
        "run it in a private network and publish a port of it on this host; repeatable, needs no root",
      ).argParser(repeated),
    )
    .option("--host <[USER@]HOST>", "Xen: run it on another machine, reached by ssh")
    .option(...trustXl)
    .option("--memory <MIB>", "a virtual machine: its memory; 64 MiB without")
    .option("--accelerator <NAME>", "a virtual machine: kvm or tcg; KVM where this user may")
    .option(
      "--print <FORM>",
      "a virtual machine: print it as a command (qemu), for libvirt, firecracker or proxmox, and start nothing",
    )
    .option(
      "--strict-port",
      "fail when a published port is taken, instead of using the next free one",
    )
    .option(
      "--no-sandbox",
      "--unix, --socket: run it with all your rights, to find out what it lacks",
    )
    .option("--browser", "--js: run it in a page of a browser, served on this machine")
    .option("--out <DIR>", "--js: write that page into a folder, for any web server")
    .addOption(
      new Option(
        "--env <NAME=VALUE>",
        "a variable for its environment, such as ARGUMENT_HTTP_PORT; NAME alone for yours; repeatable",
      ).argParser(repeated),
    )
    .option("--env-file <FILE>", "lines NAME=VALUE for its environment")
    .option("-w, --watch", "build it again when its files change, and replace what runs")
    .option("-d, --detach", "leave it running in the background, with its output in a log")
    .option("--name <NAME>", "what ps, logs and stop call it; by default as the application")
    .option(
      "--restart <WHEN>",
      "start it again when it ends: on-failure, always, or on-failure:5 for at most 5 times",
    )
    .option(
      "--health-interval <SECONDS>",
      "ask so often whether it works, by health-path; with --restart, start it again if it does not",
      wholeNumber,
    )
    .option(...dryRun)
    .option(...asJson)
    .action(async (file, options) => {
      const { run } = await import("./commands/run.js");
      await run(file, { ...options, args: programArgs });
    });

  command(
    program,
    "exec",
    "run a command, such as dune or an editor, with the application's libraries",
  )
    .usage("[options] [FILE] -- COMMAND [ARG...]")
    .argument(...conf)
    .action(async (file) => {
      const { exec } = await import("./commands/exec.js");
      await exec(file, programArgs);
    });

  command(program, "env", "print the variables with which dune finds the application's libraries")
    .argument(...conf)
    .option("--json", "as JSON, not as lines for a shell")
    .action(async (file, options) => {
      const { env } = await import("./commands/exec.js");
      await env(file, options);
    });

  command(program, "clean", "remove what configure and build made")
    .argument(...conf)
    .option(...dryRun)
    .option(...asJson)
    .action(async (file, options) => {
      const { clean } = await import("./commands/clean.js");
      await clean(file, options);
    });

  program.commandsGroup("What runs:");
  command(program, "ps", "list the unikernels that run, of this user and of root")
    .option("-a, --all", "also those that have ended")
    .option("--host <[USER@]HOST>", "Xen: the domains of another machine, reached by ssh")
    .option("--json", "print the list as JSON")
    .action(async (options) => {
      const { ps } = await import("./commands/ps.js");
      await ps(options);
    });

  command(program, "inspect", "print all that is noted of unikernels, as JSON")
    .argument("<NAME...>", "their names, as ps has them")
    .action(async (names) => {
      const { inspect } = await import("./commands/inspect.js");
      await inspect(names);
    });

  command(program, "service", "print a unit of systemd that runs the built application")
    .usage("[options] [FILE] [-- ARG...]")
    .argument(...conf)
    .addOption(
      new Option("-p, --publish <[ADDRESS:]PORT:PORT[/udp]>", "as of run; repeatable").argParser(
        repeated,
      ),
    )
    .option("--env-file <FILE>", "as of run: lines NAME=VALUE, which are not in the unit")
    .option("--memory <MIB>", "as of run")
    .option("--name <NAME>", "as of run")
    .action(async (file, options) => {
      const { service } = await import("./commands/service.js");
      await service(file, { ...options, args: programArgs });
    });

  command(program, "logs", "print what a detached unikernel has printed")
    .argument("<NAME>", "its name, as ps has it")
    .option("-f, --follow", "go on until it ends, or until Ctrl-C")
    .option("-n, --lines <COUNT>", "only the last lines", wholeNumber)
    .option("--level <LEVEL>", "only messages of Logs that matter as much: error, warning, info …")
    .option("--since <TIME>", "only messages since then: 10m, 2h, 2026-03-01T12:00:00Z")
    .option("--json", "a line of JSON for each message: time, level, source, text")
    .option("--host <[USER@]HOST>", "Xen: the console of a domain of another machine")
    .action(async (name, options) => {
      const { logs } = await import("./commands/logs.js");
      await logs(name, options);
    });

  command(
    program,
    "top",
    "show what unikernels do: processor, memory, connections, requests, rates",
  )
    .argument("[NAME]", "only this one; all that run without")
    .option("--interval <SECONDS>", "seconds between two looks; 1 without", wholeNumber)
    .option("--count <NUMBER>", "end after so many; without it, go on until Ctrl-C", wholeNumber)
    .action(async (name, options) => {
      const { top } = await import("./commands/top.js");
      await top(name, options);
    });

  command(program, "stats", "print what a unikernel says of itself: time, memory, connections")
    .argument("<NAME>", "its name, as ps has it")
    .option("--json", "all of it, as JSON")
    .action(async (name, options) => {
      const { stats } = await import("./commands/stats.js");
      await stats(name, options);
    });

  command(program, "netstat", "print what a unikernel's network stacks have counted")
    .argument("<NAME>", "its name, as ps has it")
    .option("-a, --all", "also what is 0")
    .option("--json", "all of it, as JSON")
    .action(async (name, options) => {
      const { netstat } = await import("./commands/stats.js");
      await netstat(name, options);
    });

  command(program, "capture", "write the frames of a unikernel as pcapng, until Ctrl-C")
    .argument("<NAME>", "its name, as ps has it")
    .requiredOption("-o, --output <FILE>", "a new file for Wireshark and tcpdump; - for stdout")
    .option("--seconds <COUNT>", "end after so many seconds", wholeNumber)
    .action(async (name, options) => {
      const { capture } = await import("./commands/capture.js");
      await capture(name, options);
    });

  command(program, "log-level", "choose what of its log a unikernel prints, while it runs")
    .argument("<NAME>", "its name, as ps has it")
    .argument("[LEVELS]", "such as debug or warning,tcp:debug; without, it is only told")
    .action(async (name, levels) => {
      const { logLevel } = await import("./commands/stats.js");
      await logLevel(name, levels);
    });

  command(program, "pause", "have unikernels use no processor until `resume`")
    .argument("<NAME...>", "their names, as ps has them")
    .action(async (names) => {
      const { pause } = await import("./commands/steer.js");
      await pause(names);
    });

  command(program, "resume", "let paused unikernels go on")
    .argument("<NAME...>", "their names, as ps has them")
    .action(async (names) => {
      const { resume } = await import("./commands/steer.js");
      await resume(names);
    });

  command(program, "restart", "end unikernels that run, and start each again as it was started")
    .argument("<NAME...>", "their names, as ps has them")
    .action(async (names) => {
      const { restart } = await import("./commands/steer.js");
      await restart(names);
    });

  command(program, "stop", "end unikernels that run; forget those that have ended by themselves")
    .argument("<NAME...>", "their names, as ps has them")
    .option("--kill", "at once, without asking them to end by themselves")
    .option("--timeout <SECONDS>", "how long each is waited for", wholeNumber)
    .option("--host <[USER@]HOST>", "Xen: domains of another machine, reached by ssh")
    .action(async (names, options) => {
      const { stop } = await import("./commands/stop.js");
      await stop(names, options);
    });

  command(program, "rm", "forget unikernels that have ended, and their logs")
    .argument("[NAME...]", "their names, as ps --all has them")
    .option("--ended", "all of this user's that have ended")
    .action(async (names, options) => {
      const { rm } = await import("./commands/rm.js");
      await rm(names, options);
    });

  program.commandsGroup("Machine images:");
  command(program, "image", "write a disk that boots the built kernel by BIOS and by UEFI")
    .argument(...conf)
    .option("-o, --output <FILE>", "the image to write; by default mir-NAME.img beside the kernel")
    .addOption(
      new Option("--format <FORMAT>", "what kind of file it is; raw by default").choices(
        diskFormats,
      ),
    )
    .addOption(
      new Option(
        "--oci [WHAT]",
        "write a container image instead: of the program, or of a disk for KubeVirt",
      )
        .choices(["program", "disk"])
        .conflicts(["format", "size", "append"]),
    )
    .option("--size <SIZE>", "the disk's size, such as 64M or 1G; by default the least that fits")
    .option("--append <WORDS>", "words for the kernel's command line")
    .option("--force", "replace the image if there is one")
    .option("--json", "print what is written, and where, as JSON")
    .option(...dryRun)
    .action(async (file, options) => {
      if (options.oci) {
        const { ociImage } = await import("./oci/image.js");
        return ociImage(file, options);
      }
      const { image } = await import("./commands/image.js");
      await image(file, options);
    });

  const publish = command(
    program,
    "publish",
    "make an image of what was built, where others run it",
  );
  const deploy = command(program, "deploy", "say how others run what was published");
  command(
    deploy,
    "kubernetes",
    "print Deployment, Service, autoscaler and disruption budget, or a pool of KubeVirt",
  )
    .usage("[options] [FILE] [-- ARG...]")
    .argument(...conf)
    .requiredOption("--image <NAME>", "the container image, as publish oci has printed it")
    .option("--replicas <COUNT>", "how many run at least; 2 without", wholeNumber)
    .option("--dry-run", "print them; what applies them is kubectl")
    .action(async (file, options) => {
      const { deployKubernetes } = await import("./commands/deploy.js");
      await deployKubernetes(file, { ...options, args: programArgs });
    });
  addEc2Commands(program, publish, command);
  addOciCommands(publish, command);

  program.commandsGroup("Packages:");
  const lock = command(
    program,
    "lock",
    "write NAME.opam.locked: the exact packages, for configure --locked",
  ).argument(...conf);
  addPackageOptions(lock)
    .option(...dryRun)
    .option(...asJson)
    .action(async (file, options) => {
      const { lock } = await import("./commands/lock.js");
      await lock(file, options);
    });

  const outdated = command(
    program,
    "outdated",
    "list the packages of which there is a newer version",
  ).argument(...conf);
  addPackageOptions(outdated)
    .option("--json", "print the list as JSON")
    .action(async (file, options) => {
      const { outdated } = await import("./commands/outdated.js");
      await outdated(file, options);
    });

  const why = command(
    program,
    "why",
    "say why a package is needed, and what keeps it from being newer",
  )
    .argument("<PACKAGE>", "a package that the application needs, itself or by others")
    .argument(...conf);
  addPackageOptions(why)
    .option("--json", "print the reasons as JSON")
    .action(async (name, file, options) => {
      const { why } = await import("./commands/why.js");
      await why(name, file, options);
    });

  program.commandsGroup("This machine:");
  const doctor = command(
    program,
    "doctor",
    "say what this machine lacks, for building and for each target",
  );
  addTargets(doctor)
    .option("--fix", "run the commands that fix it, after asking")
    .option("-y, --yes", "with --fix: do not ask")
    .option("--json", "print the findings as JSON")
    .option(...dryRun)
    .action(async (options) => {
      const { doctor } = await import("./commands/doctor.js");
      await doctor(options);
    });

  addNetwork(program);

  program.commandsGroup("Editors:");
  command(program, "language-server", "answer an editor about .conf files, by LSP")
    .option("--stdio", "by standard input and output, as without it")
    .action(async () => {
      const { serveStdio } = await import("@mirage/language-server");
      serveStdio();
    });

  return program
    .commandsGroup("This command:")
    .helpCommand("help [command]", "print help for a command");
}

/** `mirage network up`, `down` and `status`. */
function addNetwork(program: Command): void {
  const bridge = [
    "--bridge <NAME>",
    "the bridge (default: xenbr0, which xl takes by itself)",
  ] as const;
  const dryRun = ["--dry-run", "print what would be done and do nothing"] as const;
  const json = ["--json", "print the result as JSON"] as const;
  const network = command(
    program,
    "network",
    "a network on this host for Xen guests and TAP devices",
  );

  command(network, "up", "make a bridge whose guests reach the host, and what it reaches")
    .option(...bridge)
    .option("--address <ADDRESS/PREFIX>", "the host's address on it (default: 10.0.0.1/24)")
    .option("--tap <NAME[:USER]>", "connect a TAP device, which USER may open; repeatable", append)
    .option("--dhcp-range <FROM-TO>", "the addresses for guests that ask for one")
    .option("--no-dhcp", "no DHCP server")
    .option("--no-masquerade", "guests reach the host only")
    .option(...json)
    .option(...dryRun)
    .action(async (options) => {
      const { up } = await import("./commands/network.js");
      await up(options);
    });

  command(network, "down", "take back what `mirage network up` did, and nothing else")
    .option(...bridge)
    .option("--force", "also while guests are connected")
    .option(...json)
    .option(...dryRun)
    .action(async (options) => {
      const { down } = await import("./commands/network.js");
      await down(options);
    });

  command(network, "status", "show the networks, who is connected, and what is not right")
    .option(...json)
    .action(async (options) => {
      const { status } = await import("./commands/network.js");
      await status(options);
    });
}

function append(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Lists `completion` in the help; `completion.ts` has the command itself, which is slow to load. */
export function listCompletion(program: Command): void {
  const summary = "print the completion script of a shell: bash, zsh or fish";
  command(program, "completion", summary).argument("<SHELL>");
}

/** What determines the packages: the target, and where they go. */
function addPackageOptions(command: Command): Command {
  return addTargets(command)
    .option("--opam-root <DIR>", "use this opam root, not mirage's own")
    .option("--switch <NAME>", "use this switch of the opam root")
    .addOption(
      new Option("--active-switch", "use the opam switch that is active in this shell").conflicts(
        "switch",
      ),
    )
    .hook("preAction", nameActiveSwitch);
}

/** Makes `--active-switch` what `--opam-root` and `--switch` would say of it. */
async function nameActiveSwitch(command: Command): Promise<void> {
  const { activeSwitch: isWanted, opamRoot } = command.opts();
  if (!isWanted) return;
  const { activeSwitch } = await import("@mirage/opam-driver");
  const active = await activeSwitch(process.cwd(), process.env, opamRoot);
  command.setOptionValue("opamRoot", active.root);
  command.setOptionValue("switch", active.switch);
}

/** Collects the values of an option that can be given several times. */
function repeated(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function addTargets(command: Command): Command {
  for (const { flag, doc } of targets) command.option(flag, doc);
  command.option(
    "--arch <NAME>",
    "the program's processors: amd64 or arm64; this machine's without",
  );
  return command;
}

function command(
  program: Command,
  name: string,
  description: string,
  verbose = "print causes and stacks of errors",
): Command {
  const above = program.parent === null ? "" : `${program.name()} `;
  const help = above === "" ? `mirage help ${name}` : `mirage ${above}${name} --help`;
  return program
    .command(name)
    .description(description)
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError(`(\`${help}\` lists its options)`)
    .option("--verbose", verbose);
}

function version(): string {
  const manifest = new URL("../package.json", import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

const examples = [
  ["mirage configure --unix www.conf", "write main.ml and Makefile, install what www needs"],
  ["mirage build", "compile it: mir-www"],
  ["mirage run --publish 8080:80", "serve it on http://127.0.0.1:8080/, without root"],
] as const;

/** The examples at the end of the help, as wide as the rest of it. */
function exampleText({ command, error }: AddHelpTextContext): string {
  const { isTTY, columns } = error ? process.stderr : process.stdout;
  const help = command.createHelp();
  help.prepareContext(isTTY ? { helpWidth: columns } : {});
  const width = Math.max(...examples.map(([line]) => line.length));
  const items = examples.map(([line, doc]) => help.formatItem(line, width, doc, help));
  return ["", "Examples:", ...items].join("\n");
}
