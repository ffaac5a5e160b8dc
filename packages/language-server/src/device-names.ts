import { parseFunctorApplication, type Range, settingSuffix, type Token } from "@mirage/conf";
import { type Entry, entriesOf } from "./entries.js";

/** The families that declare a device. */
export const deviceFamilies = ["fs", "block", "fat", "net"] as const;

export type DeviceFamily = (typeof deviceFamilies)[number];

/** A place where the name of a device stands. */
export interface DeviceName extends Range {
  readonly name: string;
  /** What declares the device, in the key that does. */
  readonly declares?: DeviceFamily;
}

/** Every place of a .conf file where a device is named, in the order of the file. */
export function deviceNames(text: string): DeviceName[] {
  return entriesOf(text).flatMap((entry) => [...inKey(entry), ...inValue(entry)]);
}

/** The declarations among them. */
export function declaredDevices(text: string): (DeviceName & { declares: DeviceFamily })[] {
  return deviceNames(text).filter(isDeclaration);
}

function isDeclaration(place: DeviceName): place is DeviceName & { declares: DeviceFamily } {
  return place.declares !== undefined;
}

function inKey({ key, meaning }: Entry): DeviceName[] {
  if (meaning?.kind !== "family") return [];
  const family = deviceFamilies.find((known) => known === meaning.family);
  if (family === undefined) return [];
  const suffix = (family === "fs" && settingSuffix(meaning.name)) || "";
  const start = key.start + `${family}-`.length;
  const name = meaning.name.slice(0, meaning.name.length - suffix.length);
  const place = { name, start, end: start + name.length };
  return [suffix === "" ? { ...place, declares: family } : place];
}

function inValue({ value, meaning }: Entry): DeviceName[] {
  if (meaning?.kind === "family") return meaning.family === "fat" ? [named(value)] : [];
  switch (meaning?.key) {
    case "main-app": {
      const parsed = parseFunctorApplication(value);
      return "failed" in parsed ? [] : parsed.args.map(named);
    }
    case "https-certificate":
    case "https-key": {
      const [name = ""] = value.text.split("/", 1);
      return [{ name, start: value.start, end: value.start + name.length }];
    }
    default:
      return [];
  }
}

function named({ text, start, end }: Token): DeviceName {
  return { name: text, start, end };
}
