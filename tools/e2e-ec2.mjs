// npm run e2e:ec2: the product against a strict fake of Amazon's services, on the loopback interface.
// --quick: without the AWS command line and without booting the image.
// Installs what is missing if it may (root); otherwise the tests say what they skip and why.
import { ensureAptPackages, productPackages } from "./apt.mjs";
import { quickEc2 } from "./e2e-ec2-parts.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

const ec2Packages = [
  "awscli",
  "python3-botocore",
  "grub-common",
  "grub-efi-amd64-bin",
  "grub-pc-bin",
  "musl-dev",
  "qemu-system-x86",
  "util-linux",
];
const filters = process.argv.includes("--quick") ? quickEc2 : [];

await report(async () => {
  if (process.getuid?.() === 0) installOrSay();
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "aws/vitest.config.ts", ...filters], { cwd: `${root}/e2e` });
});

function installOrSay() {
  try {
    ensureAptPackages([...productPackages, ...ec2Packages]);
  } catch (error) {
    console.error(error.message);
  }
}
