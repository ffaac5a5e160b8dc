/** A refusal of the authority: RFC 8555, section 6.7. */
export class Problem extends Error {
  readonly kind: string;
  readonly status: number;

  constructor(kind: string, detail: string, status = 400) {
    super(detail);
    this.kind = kind;
    this.status = status;
  }

  toJSON() {
    return {
      type: `urn:ietf:params:acme:error:${this.kind}`,
      detail: this.message,
      status: this.status,
    };
  }
}

/** @throws Problem `malformed`, unless `isGood` */
export function must(isGood: boolean, detail: string, status = 400): asserts isGood {
  if (!isGood) throw new Problem("malformed", detail, status);
}
