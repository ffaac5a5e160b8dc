import type { Configuration } from "@mirage/conf";
import type { Target } from "@mirage/types";
import { fill } from "./fill.js";
import type { Device } from "./program.js";
import { ocamlString } from "./quote.js";
import { releaseOf } from "./releases.js";

type Written = Pick<Configuration, "depends" | "compat">;

/**
 * Whether a program is of 2013, when devices were found in the module OS: `depends` names `mirage` or
 * `mirage-net`, or `compat: 2013`.
 */
export function isOf2013(configuration: Written): boolean {
  const { compat } = configuration;
  return compat ? compat.value === "2013" : dependsOn(configuration, "mirage", "mirage-net");
}

function dependsOn({ depends }: Written, ...names: readonly string[]): boolean {
  return depends.some(({ value }) => names.includes(value));
}

/** Whether a program of `main-noip` makes its own network of all interfaces, by `Net.Manager.create`. */
export function hasOwnNet(configuration: Written & Pick<Configuration, "main">): boolean {
  const isItsOwn = configuration.main.kind === "noip" && dependsOn(configuration, "mirage-net");
  return isItsOwn && isOf2013(configuration);
}

/** Whether the callback of `main-http` is one for cohttp of 2013: the body is optional, and comes first. */
export function hasOldCallback(configuration: Written & Pick<Configuration, "main">): boolean {
  const isHttp = configuration.main.kind === "http" && dependsOn(configuration, "cohttp.mirage");
  return isHttp && isOf2013(configuration);
}

/**
 * Whether sources are in the syntax that camlp4's extension for Lwt added, as those of 2013 all were. dune
 * has no place for that beside ppx rewriters.
 */
export function usesLwtSyntax(configuration: Written & Pick<Configuration, "preprocess">): boolean {
  const { preprocess } = configuration;
  return (
    preprocess.length === 0 && (isOf2013(configuration) || dependsOn(configuration, "lwt.syntax"))
  );
}

/** What translates a source, and the library that the result refers to. */
export const lwtSyntax = { tool: "mirage-lwt-syntax", library: "mirage-types-v1.lwt-syntax" };

/** The module `Net` of a program that starts its interfaces itself. */
export function ownNet(net: string, devices: string): string {
  return net.replace(
    /^module Manager = (.*)$/m,
    `module Manager = struct
  include $1

  let create callback =
    let on_event event = OS.Status.report (Stack_event.to_string event) in
    create ~devices:${devices.replaceAll("$", "$$$$")} ~on_event callback
end
`,
  );
}

/** The libraries that have modules of 2013: OS is a part of the target's runtime, Re_str was one of re. */
export function librariesOf2013(
  configuration: Written & Pick<Configuration, "main">,
  { components: [runtime] }: Target,
): string[] {
  if (!isOf2013(configuration)) return [];
  return [
    `${runtime?.library}.compat2013`,
    ...(hasOldCallback(configuration) ? ["mirage-runtime-http.compat2013"] : []),
    ...(dependsOn(configuration, "re") ? ["re.str"] : []),
  ];
}

/** What is opened around every module of a program that is older than this mirage. */
export function openedModules(configuration: Written): string[] {
  if (isOf2013(configuration)) return ["Mirage_2013"];
  return releaseOf(configuration)?.opened ?? [];
}

/** Options of the compiler that say how sources of such a program are read. */
export function readingFlags(
  configuration: Written & Pick<Configuration, "preprocess">,
): readonly string[] {
  return [
    ...openedModules(configuration).flatMap((name) => ["-open", name]),
    ...(usesLwtSyntax(configuration) ? ["-pp", lwtSyntax.tool] : []),
  ];
}

/** Makes a folder known to `OS.Devices.find_kv_ro`, a disk to `find_blkif`. */
export function registration({ kind, name, driver, holes }: Device): string[] {
  const module = fill(driver.module, holes);
  const value = fill(driver.value ?? "", holes);
  const id = ocamlString(name);
  switch (kind) {
    case "fs":
      return [
        `OS.Devices.add_kv_ro ${id} ~keys:${module}.file_list ~size:(${module}.size ${value}) ~read:(${module}.read ${value});`,
      ];
    case "block":
      return [`OS.Devices.add_blkif ${id} ${value} >>= fun () ->`];
    default:
      return [];
  }
}
