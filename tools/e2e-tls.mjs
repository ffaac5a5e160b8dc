// npm run e2e:tls: our TLS with OpenSSL, GnuTLS and NSS, both ways. --quick: without every suite, group and key.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => {
  ensureAptPackages([
    ...productPackages,
    ...testPackages,
    "gnutls-bin",
    "libnss3-tools",
    "openssl",
  ]);
  ensurePnpm();
  ensureDependencies();
  run("vitest", ["run", "--config", "tls/vitest.config.ts", ...filters], { cwd: `${root}/e2e` });
});
