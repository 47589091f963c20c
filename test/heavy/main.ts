/**
 * The heavy case: a 13 MB OpenAPI description goes through the real server, with bounded memory.
 * Usage: node dist/test/heavy/main.js <file.json> [most MB]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminToken, client, type Client } from '../../apps/cli/client.js';
import { startServer } from '../fault/server-process.js';

interface Created {
  readonly id: string;
}

const [file, most = '400'] = process.argv.slice(2);
if (!file) throw new Error('Name the OpenAPI description.');
const content = readFileSync(file);
const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-heavy-'));
const server = startServer(dataDir);
try {
  const admin = client(await server.listening, adminToken({ dataDir }));
  const idle = memory(server.pid);
  const took = await timed(() => importDescription(admin, content));
  console.log(`import of ${mb(content.length)} MB: ${took.ms} ms, peak so far ${mb(memory(server.pid).peak)} MB`);
  const { productId, versionId } = took.result;
  const path = `/api/v2/products/${productId}/versions/${versionId}`;
  const listed = await timed(() => admin.call<{ operations: unknown[] }>('GET', `${path}/spec/operations`));
  console.log(`operations list: ${listed.result.operations.length} operations, ${listed.ms} ms`);
  if (listed.result.operations.length < 500) throw new Error('The operations list is not complete.');
  const read = await timed(() => admin.call<{ content: string }>('GET', `${path}/spec`));
  if (read.result.content.length < content.length / 2) throw new Error('The description came back shorter.');
  console.log(`description read back: ${read.ms} ms`);
  for (const words of ['github', 'pull requests', 'codespaces secrets']) {
    const found = await timed(() =>
      admin.call<{ data: { source: Created }[] }>(
        'GET',
        `/api/v2/search/product-catalog?q=${encodeURIComponent(words)}`,
      ),
    );
    console.log(`search "${words}": ${found.result.data.length} found, ${found.ms} ms`);
    if (!found.result.data.some(({ source }) => source.id === productId))
      throw new Error(`"${words}" does not find the product.`);
  }
  const { peak } = memory(server.pid);
  console.log(`memory: ${mb(idle.now)} MB idle, ${mb(peak)} MB at its peak (bound ${most} MB)`);
  if (peak > Number(most) * 1024 * 1024) throw new Error('The memory bound is passed.');
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function importDescription(admin: Client, bytes: Uint8Array): Promise<{ productId: string; versionId: string }> {
  const portal = await admin.call<Created>('POST', '/v2/portals', { name: 'heavy', is_public: true });
  const product = await admin.call<Created>('POST', '/v2/api-products', {
    name: 'GitHub REST',
    portal_ids: [portal.id],
  });
  const versions = `/v2/api-products/${product.id}/product-versions`;
  const version = await admin.call<Created>('POST', versions, { name: 'v3' });
  await admin.call('POST', `${versions}/${version.id}/specifications`, {
    name: 'github.json',
    content: Buffer.from(bytes).toString('base64'),
  });
  await admin.call('POST', `/v2/portals/${portal.id}/product-versions`, {
    product_version_id: version.id,
    publish_status: 'published',
    auth_strategy_ids: [],
    application_registration_enabled: false,
    auto_approve_registration: false,
    deprecated: false,
  });
  return { productId: product.id, versionId: version.id };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: Math.round(performance.now() - started) };
}

/** Resident memory of a process in bytes, now and at its highest (Linux). */
function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

function mb(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
