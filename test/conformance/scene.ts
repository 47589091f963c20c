import { commandsOf, type Send } from '../support/commands.js';
import type { TestServer } from '../support/server.js';
import type { MailTokenPurpose } from '#vault/mail-tokens.js';

export const SPECIFICATION = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  paths: { '/pets': { get: { operationId: 'listPets', tags: ['pets'] }, post: { deprecated: true } } },
});
const MARKDOWN = [
  '# Start\n\nUse your *key*, **now**.\n',
  '- one\n- [x] two\n\n1. three\n\n> quoted\n',
  '| a | b |\n|:--|--:|\n| `c` | ~~d~~ |\n',
  '```js\nfetch("/pets")\n```\n\n[more](https://example.org) ![logo](https://example.org/l.png)\n',
].join('\n');

export interface ConformanceScene {
  readonly portal: string;
  readonly send: Send;
  readonly productId: string;
  /** The same, as other scenes call it. */
  readonly product: string;
  /** Published with API keys, not approved automatically; has a specification. */
  readonly keyVersionId: string;
  /** Published with tokens of an identity provider, approved automatically; without a specification. */
  readonly tokenVersionId: string;
  readonly tokenStrategyId: string;
}

/** A private portal `petstore` with one product of two versions and two documents, and a public one, `open`. */
export async function conformanceScene(server: TestServer): Promise<ConformanceScene> {
  const send = commandsOf(server);
  const { blobs, specifications } = server.services;
  const keys = await send('CreateAuthStrategy', {
    name: 'keys',
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'], ttl: { value: 1, unit: 'years' } } },
  });
  const tokens = await send('CreateAuthStrategy', {
    name: 'tokens',
    display_name: 'Tokens',
    strategy_type: 'openid_connect',
    configs: {
      'openid-connect': {
        issuer: 'https://idp.example.org',
        credential_claim: ['sub'],
        scopes: ['read'],
        auth_methods: ['client_credentials'],
      },
    },
  });
  const portal = await send('CreatePortal', {
    name: 'petstore',
    default_application_auth_strategy_id: keys.id,
  });
  await send('CreatePortal', { name: 'open', is_public: true });
  const product = await send('CreateProduct', {
    name: 'Petstore',
    portal_ids: [portal.id],
    public_labels: { team: 'pets' },
  });

  async function publish(name: string, strategy: string, auto: boolean): Promise<string> {
    const { id } = await send('AddProductVersion', { product_id: product.id, name });
    await send('PublishProductVersion', {
      product_id: product.id,
      product_version_id: id,
      portal_id: portal.id,
      auth_strategy_ids: [strategy],
      application_registration_enabled: true,
      auto_approve_registration: auto,
    });
    return id;
  }
  const keyVersionId = await publish('v1', keys.id, false);
  const tokenVersionId = await publish('v2', tokens.id, true);

  const bytes = Buffer.from(SPECIFICATION);
  const parsed = await specifications.parse(bytes, 'pets.json');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  await send('AddSpecification', {
    product_id: product.id,
    product_version_id: keyVersionId,
    name: 'pets.json',
    content_sha256: await blobs.put(bytes),
    operations_sha256: await blobs.put(Buffer.from(JSON.stringify(parsed.operations))),
    size: bytes.length,
  });
  const document = async (slug: string, more: object = {}): Promise<string> => {
    const text = Buffer.from(MARKDOWN);
    const content_sha256 = await blobs.put(text);
    const common = { product_id: product.id, title: slug, status: 'published', size: text.length, content_sha256 };
    return (await send('AddDocument', { ...common, slug, ...more })).id;
  };
  await document('more', { parent_document_id: await document('start') });
  return {
    portal: portal.id,
    send,
    productId: product.id,
    product: product.id,
    keyVersionId,
    tokenVersionId,
    tokenStrategyId: tokens.id,
  };
}

async function newestEvent({ services }: TestServer, type: string) {
  const event = (await services.store.readAll({ after: 0n, limit: 1000, types: [type] })).at(-1)!;
  return { id: event.id, developerId: event.stream.slice('developer-'.length) };
}

/** The developer who signed up last. */
export const newestDeveloper = async (server: TestServer): Promise<string> =>
  (await newestEvent(server, 'developer.registered.v1')).developerId;

/** The token of the mail about the newest developer's event of a type. */
export async function mailedToken(
  server: TestServer,
  portalId: string,
  type: string,
  purpose: MailTokenPurpose,
): Promise<string> {
  const { id, developerId } = await newestEvent(server, type);
  return server.services.mailTokens.issue(id, { purpose, developerId, portalId });
}
