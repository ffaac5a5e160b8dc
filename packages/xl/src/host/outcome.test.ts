import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.js";

// from /var/log/xen/xl-NAME.log of Xen 4.17
const restarted = `Waiting for domain w w (domid 23) to die [pid 985]
Domain 23 has shut down, reason code 1 0x1
Action for shutdown reason code 1 is restart
Domain 23 needs to be cleaned up: destroying the domain
Done. Rebooting now
Waiting for domain w w (domid 24) to die [pid 985]
Domain 24 has shut down, reason code 3 0x3
Action for shutdown reason code 3 is coredump-destroy
`;

test.each([
  ["", 1, undefined],
  ["Waiting for domain a (domid 1) to die [pid 180]\n", 1, undefined],
  ["Domain 2 has been destroyed.\n", 2, { reason: "destroyed" }],
  ["Domain 2 has been destroyed.\n", 3, undefined],
  ["Domain 8 has shut down, reason code 0 0x0\n", 8, { reason: "poweroff" }],
  [restarted, 23, { reason: "reboot", action: "restart" }],
  [restarted, 24, { reason: "crash", action: "coredump-destroy" }],
])("%j of %i", (log, id, outcome) => {
  expect(outcomeOf(log, id)).toEqual(outcome);
});
