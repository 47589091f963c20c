/**
 * Options of an LRUCache for at most so many entries. It takes memory as it fills; `max` would take room for all of them at its
 * making: 3.5 MB for a hundred thousand, and 1.2 MB more with a time to live.
 */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 }) as const;
