import { type Inventory, list } from "@mirage/ec2";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";
import { type AwsFlags, connectionOf } from "./session.js";

interface ListEc2Options extends AwsFlags {
  readonly json?: true;
}

/** `mirage ec2 list`: what mirage made at AWS. */
export async function listEc2(options: ListEc2Options): Promise<void> {
  const { region } = options;
  const found = await list({
    ...connectionOf(options),
    ...(region === undefined ? {} : { regions: [region] }),
  });
  if (options.json) {
    print(JSON.stringify(found, undefined, 2));
    return;
  }
  if (found.length === 0) say("nothing that mirage made is there");
  else print(table([titles, ...found.flatMap(rows)]));
  for (const { region, strays } of found) {
    const ids = strays.map(({ id }) => id).join(" ");
    if (ids !== "") {
      say(`without an image, left by a publication: mirage ec2 remove ${ids} --region ${region}`);
    }
  }
}

const titles = ["REGION", "ID", "NAME", "STATE", "SINCE"];

function rows({ region, images, strays, instances }: Inventory): string[][] {
  const since = (time: string | undefined) => time?.slice(0, 16).replace("T", " ") ?? "";
  return [
    ...images.map(({ id, name, state, created }) => [region, id, name, state, since(created)]),
    ...strays.map(({ id, state, tags, started }) => {
      return [region, id, tags.Name ?? "", `${state}, no image`, since(started)];
    }),
    ...instances.map(({ id, tags, state, type, publicAddress, launched }) => {
      const where = [type, publicAddress].filter((word) => word !== undefined).join(", ");
      return [region, id, tags.Name ?? "", `${state} (${where})`, since(launched)];
    }),
  ];
}
