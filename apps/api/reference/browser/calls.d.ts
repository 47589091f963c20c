export type Proof = { readonly kind: 'key'; readonly names: readonly string[] } | { readonly kind: 'token' };

export interface Choice {
  readonly application?: { readonly id: string; readonly proof: Proof } | undefined;
  readonly secret: string;
  readonly way: 'auto' | 'straight' | 'portal';
}

export interface Needs {
  readonly servers: readonly string[];
  readonly proxy: string | null;
  readonly own: string;
  readonly fetch: typeof fetch;
  readonly choice: () => Choice;
  readonly onSent: (way: 'straight' | 'portal') => void;
}

export function isListed(url: string, servers: readonly string[]): boolean;
export function createFetch(needs: Needs): typeof fetch;
