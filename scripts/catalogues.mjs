// Writes docs/events.md and docs/commands.md from the code; with --check only compares them and fails if they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { EVENTS, REFUSALS } = await import(join(root, 'dist/libs/domain/registry.js'));
const { COMMANDS } = await import(join(root, 'dist/libs/domain/command-table.js'));
const { schemaOf } = await import(join(root, 'dist/apps/api/http/json-schema.js'));

const note = '<!-- Made by `npm run catalogues` from the code. Do not edit. -->';

function events() {
  const causes = new Map();
  for (const [name, entry] of COMMANDS)
    for (const type of entry.causes) causes.set(type, [...(causes.get(type) ?? []), name]);
  const rows = [...EVENTS].map(([type, { words, fields }]) => {
    const list = Object.entries(fields).map(([name, kind]) =>
      kind === 'public' ? `\`${name}\`` : `\`${name}\` (${kind})`,
    );
    return `| \`${type}\` | ${words.replaceAll('|', '\\|')} | ${list.join(', ') || '—'} | ${(causes.get(type) ?? []).join(', ')} |`;
  });
  return [
    '# Events',
    '',
    note,
    '',
    'Fields are public unless they say otherwise. *personal*: sealed with the key of one developer. *secret-derived*: a digest, in no feed or story.',
    '',
    '| event | what happened | fields | caused by |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function field([name, schema], required) {
  const type = [].concat(schema.type ?? 'any').join(' or ');
  return `\`${name}\`${required.includes(name) ? '' : '?'} (${type})`;
}

function commands() {
  const rows = [...COMMANDS].map(([name, entry]) => {
    const schema = schemaOf(entry.command);
    const fields = Object.entries(schema.properties).map((pair) => field(pair, schema.required ?? []));
    return `| \`${name}\` | ${entry.does} | ${fields.join(', ') || '—'} | ${entry.permission.join(', ')} | ${entry.causes.map((c) => `\`${c}\``).join(', ')} |`;
  });
  const refusals = [...REFUSALS].map(
    ([code, { kind, detail }]) => `| \`${code}\` | ${kind} | ${detail.replaceAll('|', '\\|')} |`,
  );
  return [
    '# Commands',
    '',
    note,
    '',
    "`POST /commands/{name}` sends one. A field with `?` may be left out. `GET /commands` gives each one's JSON Schema.",
    '',
    '| command | what it does | fields | who | may cause |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Refusals',
    '',
    '| code | kind | text |',
    '|---|---|---|',
    ...refusals,
    '',
  ].join('\n');
}

let stale = 0;
for (const [file, text] of [
  ['docs/events.md', events()],
  ['docs/commands.md', commands()],
]) {
  const path = join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    stale += 1;
    console.error(`${file} is stale: run npm run catalogues`);
  }
}
process.exitCode = stale;
