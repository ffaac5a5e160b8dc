// npm run e2e:tls: our TLS with OpenSSL, GnuTLS and NSS, both ways. --quick: without every suite, group and key.
import { testPackages } from "./apt.mjs";
import { runSuite } from "./e2e-suite.mjs";
import { report } from "./report.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

const others = ["gnutls-bin", "libnss3-tools", "openssl"];

await report(async () => runSuite("tls", [...testPackages, ...others], filters));
