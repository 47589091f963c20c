import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A secret or personal text in every form in which it could be written somewhere. */
function forms(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const inner = JSON.stringify(text).slice(1, -1);
  return [
    ...[text, inner, encodeURIComponent(text), text.replaceAll('@', '=40'), hex, hex.toUpperCase()].map((one) =>
      Buffer.from(one),
    ),
    Buffer.from(text, 'utf16le'),
    ...base64Forms(bytes),
  ];
}

/** Base64 of the text wherever it stands in what was encoded: the first and last characters depend on the neighbours. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((offset) => {
    const aligned = bytes.subarray((3 - offset) % 3);
    const whole = aligned.subarray(0, aligned.length - (aligned.length % 3));
    return [Buffer.from(whole.toString('base64')), Buffer.from(whole.toString('base64url'))];
  });
}

/** The names of the texts that are somewhere in these bytes, in any form. */
export function found(texts: Readonly<Record<string, string>>, where: Buffer | string): string[] {
  const bytes = Buffer.isBuffer(where) ? where : Buffer.from(where);
  return Object.entries(texts)
    .filter(([, text]) => forms(text).some((form) => form.length >= 6 && bytes.includes(form)))
    .map(([name]) => name);
}

/** Which texts are in which files of a folder, folders below it included, except those of the given names. */
export async function foundInFiles(
  texts: Readonly<Record<string, string>>,
  folder: string,
  except: readonly string[] = [],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const hits: Record<string, readonly string[]> = {};
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const local = file.slice(folder.length + 1);
    if (!entry.isFile() || except.some((name) => local === name || local.startsWith(`${name}/`))) continue;
    const names = found(texts, await readFile(file));
    if (names.length > 0) hits[local] = names;
  }
  return hits;
}
