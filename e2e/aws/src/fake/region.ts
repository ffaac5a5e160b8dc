/** Tags by name. */
export type Tags = Readonly<Record<string, string>>;

export interface FakeSnapshot {
  readonly id: string;
  readonly volumeSize: number;
  readonly description: string;
  /** The key, or `default`. */
  readonly encryption?: string;
  readonly started: Date;
  tags: Tags;
  /** `open` takes blocks; both it and `sealed` are `pending` to EC2. */
  state: "open" | "sealed" | "completed" | "error";
  stateMessage?: string;
  /** How often a sealed one is looked at until it is completed. */
  looksLeft: number;
  readonly blocks: Map<number, Buffer>;
}

export interface FakeImage {
  readonly id: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly snapshot: string;
  readonly created: Date;
  tags: Tags;
  state: "pending" | "available" | "failed";
  stateMessage?: string;
  looksLeft: number;
  deprecated?: string;
  /** `user:…`, `group:…`, `organization:…`, `unit:…` */
  readonly launchPermissions: Set<string>;
}

export interface FakeInstance {
  readonly id: string;
  readonly image: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly launched: Date;
  tags: Tags;
  state: "pending" | "running" | "terminated";
  looksLeft: number;
}

/** What one region has. */
export class Region {
  readonly snapshots = new Map<string, FakeSnapshot>();
  readonly images = new Map<string, FakeImage>();
  readonly instances = new Map<string, FakeInstance>();
  /** Snapshots that client tokens stand for, and the request of each, also after their deletion. */
  readonly snapshotTokens = new Map<string, { readonly request: string; readonly id: string }>();
  readonly otherTokens = new Map<string, string>();

  constructor(readonly name: string) {}
}
