// npm run e2e:xen: the product on real Xen, in QEMU. --quick: one boot, with hello and www.
import { report } from "./report.mjs";
import { runOnXen } from "./xen.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => runOnXen(filters));
