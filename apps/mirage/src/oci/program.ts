import type { Command } from "commander";

type MakeCommand = (program: Command, name: string, description: string) => Command;

/** `mirage publish oci`. */
export function addOciCommands(publish: Command, command: MakeCommand): void {
  command(publish, "oci", "put a container image of the built application into a registry")
    .argument("<REGISTRY/NAME:TAG>", "its name, such as registry.example.org/shop/www:1.0")
    .argument("[FILE]", "the .conf file; without it, the only one of this folder")
    .option("--disk", "a kernel: publish a disk for KubeVirt that boots it")
    .action(async (name, file, options) => {
      const { publishOci } = await import("./publish.js");
      await publishOci(name, file, options);
    });
}
