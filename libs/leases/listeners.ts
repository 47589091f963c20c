/** Who wants to be told that something has happened. */
export interface Board {
  add(listener: () => void): () => void;
  tell(): void;
}

export function createBoard(): Board {
  const listeners = new Set<() => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell() {
      for (const listener of listeners) listener();
    },
  };
}
