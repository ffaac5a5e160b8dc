/** What a publication tells while it works. */
export type PublishEvent =
  /** The disk was read: what is to be sent at most. */
  | { readonly type: "scanned"; readonly blocks: number; readonly bytes: number }
  /** An image with this content was there before. */
  | { readonly type: "found"; readonly image: string; readonly region: string }
  /** `skippedBytes` had reached the snapshot in an earlier run. */
  | {
      readonly type: "uploading";
      readonly snapshot: string;
      readonly region: string;
      readonly skippedBytes: number;
    }
  | { readonly type: "sent"; readonly bytes: number; readonly totalBytes: number }
  /** A snapshot or an image is not ready yet. Told at every look at it. */
  | {
      readonly type: "waiting";
      readonly id: string;
      readonly region: string;
      readonly state: string;
    }
  | { readonly type: "registered"; readonly image: string; readonly region: string }
  | { readonly type: "available"; readonly image: string; readonly region: string }
  /** It failed; these are being removed. */
  | { readonly type: "removing"; readonly ids: readonly string[] };
