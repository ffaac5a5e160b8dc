interface Entry {
  readonly mode: number;
  readonly content: Buffer;
}

const directory = 0o040000;
const regular = 0o100000;
const link = 0o120000;

/**
 * An archive in cpio's "newc" format, as the Linux kernel unpacks it into its first root file
 * system (Documentation/driver-api/early-userspace/buffer-format.rst). Everything belongs to root
 * and has no date, so the same files give the same bytes. Parent folders come by themselves.
 */
export class CpioArchive {
  readonly #entries = new Map<string, Entry>();

  file(path: string, content: Buffer | string, mode = 0o644): this {
    return this.#add(path, regular | mode, Buffer.from(content));
  }

  symlink(path: string, target: string): this {
    return this.#add(path, link | 0o777, Buffer.from(target));
  }

  directory(path: string, mode = 0o755): this {
    return this.#add(path, directory | mode, Buffer.alloc(0));
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  bytes(): Buffer {
    const parts: Buffer[] = [];
    let inode = 0;
    const write = (name: string, { mode, content }: Entry) => {
      const fields = [inode++, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
      const numbers = fields.map((field) => field.toString(16).padStart(8, "0")).join("");
      parts.push(aligned(Buffer.from(`070701${numbers}${name}\0`)), aligned(content));
    };
    for (const [path, entry] of this.#entries) write(path, entry);
    write("TRAILER!!!", { mode: 0, content: Buffer.alloc(0) });
    return Buffer.concat(parts);
  }

  #add(path: string, mode: number, content: Buffer): this {
    const parent = path.lastIndexOf("/");
    if (parent > 0 && !this.has(path.slice(0, parent))) this.directory(path.slice(0, parent));
    this.#entries.set(path, { mode, content });
    return this;
  }
}

function aligned(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
