// Debian packages the project needs, and how to get them.
import { execFileSync, spawnSync } from "node:child_process";

/** What the main job needs: OCaml, opam and the libraries of the runtimes. */
export const productPackages = [
  "gcc",
  "libc6-dev",
  "make",
  "iproute2",
  "util-linux",
  "opam",
  "ocaml-nox",
  "ocaml-findlib",
  "ocaml-dune",
  "liblwt-ocaml-dev",
  "libcstruct-ocaml-dev",
  "libipaddr-ocaml-dev",
  "libcohttp-ocaml-dev",
  "libcohttp-lwt-ocaml-dev",
  "liburi-ocaml-dev",
  "liblogs-ocaml-dev",
];

/** What only the tests need. */
export const testPackages = [
  "bash-completion",
  "brotli",
  "certbot",
  "curl",
  "dnsmasq-base",
  "dosfstools",
  "fish",
  "gdisk",
  "grub-common",
  "grub-efi-amd64-bin",
  "grub-pc-bin",
  "iputils-ping",
  "js-of-ocaml",
  "lego",
  "libalcotest-ocaml-dev",
  "libeqaf-ocaml-dev",
  "libmirage-crypto-ocaml-dev",
  "libqcheck-ocaml-dev",
  "libx509-ocaml-dev",
  "man-db",
  "mtools",
  "musl-dev",
  "neovim",
  "nftables",
  "prometheus",
  "python3",
  "python3-websockets",
  "qemu-system-x86",
  "qemu-utils",
  "tcpdump",
  "zsh",
  "zstd",
];

/** What compiles the addon of @mirage/tap for arm64 on a machine that is x64. */
export const releasePackages = ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"];

/** What loads those addons: emulated processors, and the other C library. */
export const registryTestPackages = ["binutils", "git", "musl-dev", "musl-tools", "qemu-user"];

/** What the documentation site needs beside the product. */
export const docsPackages = ["libalcotest-ocaml-dev", "libqcheck-ocaml-dev", "ocaml-odoc"];

/** Installs what is missing of `packages`; says what to run by hand when that takes root. */
export function ensureAptPackages(packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  // Another apt may be at work.
  const patient = ["-o", "DPkg::Lock::Timeout=300"];
  if (process.getuid?.() !== 0) {
    throw new Error(
      `these Debian packages are missing: ${missing.join(" ")}\n` +
        `Installing them takes root. Run this, then try again:\n  sudo ${install.join(" ")}`,
    );
  }
  console.error(`Installing ${missing.length} Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const quiet = { env, encoding: "utf8" };
  // A fresh machine has no package lists, or stale ones.
  spawnSync("apt-get", ["update"], quiet);
  const { status, stdout, stderr, error } = spawnSync(
    install[0],
    [...patient, ...install.slice(1)],
    quiet,
  );
  if (error)
    throw new Error(`apt-get cannot be run (${error.message}); this needs Debian or Ubuntu`);
  if (status !== 0) throw new Error(`apt-get failed:\n${`${stdout}${stderr}`.slice(-2000)}`);
}

function isInstalled(name) {
  try {
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg-query
    const state = execFileSync("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], options);
    return state === "installed";
  } catch {
    return false;
  }
}
