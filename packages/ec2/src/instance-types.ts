import { MirageError } from "@mirage/diagnostics";

/**
 * Families whose HVM instances run on Xen with a legacy BIOS and Xen's paravirtual network and
 * disk (Amazon EC2 User Guide, "Instances built on the Nitro System" lists the others).
 */
export const xenFamilies = [
  "t2",
  "m4",
  "c4",
  "r3",
  "r4",
  "i2",
  "i3",
  "d2",
  "h1",
  "x1",
  "x1e",
] as const;

/** Paravirtual guests only, booted by pv-grub: types that new accounts no longer get. */
const paravirtualFamilies = ["t1", "m1", "m2", "m3", "c1", "c3"];

export const defaultInstanceType = "t2.micro";

/** @throws MirageError with the reason why no unikernel of target xen boots on this instance type */
export function checkInstanceType(type: string): void {
  const [family = "", size = ""] = type.split(".");
  // i3.metal is the hardware itself, with Nitro's devices.
  if ((xenFamilies as readonly string[]).includes(family) && size !== "metal" && size !== "")
    return;
  const alternatives = `families that work: ${xenFamilies.join(", ")}; for example ${defaultInstanceType}`;
  if (!/^[a-z][\w-]*\.[\w-]+$/.test(type)) {
    throw new MirageError("ERR_MIRAGE_EC2_INSTANCE_TYPE", `\`${type}\` is not an instance type`, {
      hint: alternatives,
      exitCode: 2,
    });
  }
  const reason = paravirtualFamilies.includes(family)
    ? "belongs to the first generation, of which nothing is tested"
    : "is not one of Xen: Nitro gives an NVMe disk and an ENA network interface, for which there are no drivers yet";
  throw new MirageError("ERR_MIRAGE_EC2_INSTANCE_TYPE", `${type} ${reason}`, {
    hint: alternatives,
  });
}
