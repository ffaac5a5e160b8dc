// npm run e2e:virtio: the same kernels as on Xen, in QEMU with virtio devices. --quick: hello, www and
// a crash.
import { report } from "./report.mjs";
import { runOnVirtio } from "./virtio.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => runOnVirtio(filters));
