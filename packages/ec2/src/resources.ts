/** Tags by name. */
export type Tags = Readonly<Record<string, string>>;

/** A machine image of this account. */
export interface MachineImage {
  readonly id: string;
  readonly name: string;
  /** `pending`, `available`, `failed` … as AWS says. */
  readonly state: string;
  readonly stateReason?: string;
  readonly snapshots: readonly string[];
  /** Whether all of its snapshots are. */
  readonly isEncrypted: boolean;
  readonly isPublic: boolean;
  /** ISO 8601. */
  readonly created?: string;
  readonly tags: Tags;
}

/** A snapshot of this account. */
export interface DiskSnapshot {
  readonly id: string;
  /** `pending`, `completed` or `error`. */
  readonly state: string;
  readonly stateReason?: string;
  /** How far a pending one is, such as `40%`. */
  readonly progress?: string;
  /** Size of a volume made of it, in GiB. */
  readonly volumeSize?: number;
  readonly isEncrypted: boolean;
  /** ISO 8601. */
  readonly started?: string;
  readonly tags: Tags;
}

/** A virtual machine of this account. */
export interface MachineInstance {
  readonly id: string;
  readonly image: string;
  readonly type: string;
  /** `pending`, `running`, `stopped`, `terminated` … as AWS says. */
  readonly state: string;
  readonly stateReason?: string;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  /** ISO 8601. */
  readonly launched?: string;
  readonly tags: Tags;
}
