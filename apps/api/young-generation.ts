import { setFlagsFromString } from 'node:v8';

const growBy = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`);

/**
 * V8 makes room for young objects while code is loaded, up to 32 MB, and gives it back late or never. A start does as well
 * without: held here until the function that comes back is called, the room grows only with the load there is.
 */
export function holdYoungGeneration(): () => void {
  growBy(1);
  return () => growBy(2); // V8's default
}
