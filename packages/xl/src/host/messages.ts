import type { XenHost } from "./host.js";
import { type CallOptions, runXl } from "./run.js";

export interface MessagesOptions extends CallOptions {
  /** Also empties the buffer. */
  readonly clear?: boolean;
}

/** The messages of the hypervisor (`xl dmesg`). Errors: `ERR_MIRAGE_XL_*`. */
export function hypervisorMessages(host: XenHost, options: MessagesOptions = {}): Promise<string> {
  return runXl(host, "read Xen's messages", ["dmesg", ...(options.clear ? ["-c"] : [])], options);
}
