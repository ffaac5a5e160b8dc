/** A page of a list, and what asks for the next one; without `next` it was the last. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** All of a list that AWS gives page by page: `read` is called with the token of each page. */
export async function allPages<T>(
  read: (token: { readonly NextToken?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await read(next ? { NextToken: next } : {});
    all.push(...page.items);
    next = page.next;
  } while (next);
  return all;
}
