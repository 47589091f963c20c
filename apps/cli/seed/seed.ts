import type { Client } from '../client.js';
import type { Progress } from '../progress.js';
import { sampleCatalogue, type SampleDocument, type SampleProduct } from './catalogue.js';

export interface Seeded {
  readonly portal: { readonly id: string; readonly name: string; readonly default_domain: string };
  readonly strategy: { readonly id: string };
  readonly products: readonly SeededProduct[];
}

export interface SeededProduct {
  readonly id: string;
  readonly name: string;
  readonly versionId: string;
  /** Size of its description in bytes. */
  readonly bytes: number;
}

interface Created {
  readonly id: string;
}

const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');

/**
 * Makes a portal with a key strategy and the sample catalogue, over the management API.
 * @throws CliError if the server refuses something (the portal's name is taken, say)
 */
export async function seed(client: Client, portalName: string, progress: Progress): Promise<Seeded> {
  const portal = await client.call<Seeded['portal']>('POST', '/v2/portals', {
    name: portalName,
    display_name: 'Acme developers',
    description: 'APIs of Acme, with the sample catalogue.',
    is_public: false,
    auto_approve_developers: false,
    auto_approve_applications: false,
  });
  const strategy = await client.call<Created>('POST', '/v2/application-auth-strategies', {
    name: `${portalName} keys`,
    display_name: 'API key',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'] } },
  });
  await client.call('PATCH', `/v2/portals/${portal.id}`, { default_application_auth_strategy_id: strategy.id });
  const own = new Uint8Array(await (await client.fetch('/openapi.json')).arrayBuffer());
  const samples = sampleCatalogue(own);
  const products: SeededProduct[] = [];
  for (const [index, sample] of samples.entries()) {
    progress.update(index / samples.length, sample.name);
    products.push(await addProduct(client, sample, portal.id, strategy.id));
  }
  progress.done(`${products.length} products`);
  return { portal, strategy, products };
}

async function addProduct(
  client: Client,
  sample: SampleProduct,
  portalId: string,
  strategyId: string,
): Promise<SeededProduct> {
  const { name, description, labels } = sample;
  const product = await client.call<Created>('POST', '/v2/api-products', {
    name,
    description,
    public_labels: labels,
    portal_ids: [portalId],
  });
  const version = await client.call<Created>('POST', `/v2/api-products/${product.id}/product-versions`, {
    name: sample.version,
  });
  const content = sample.specification.read();
  await client.call('POST', `/v2/api-products/${product.id}/product-versions/${version.id}/specifications`, {
    name: sample.specification.name,
    content: base64(content),
  });
  await addDocuments(client, product.id, sample.documents, null);
  await client.call('POST', `/v2/portals/${portalId}/product-versions`, {
    product_version_id: version.id,
    publish_status: 'published',
    auth_strategy_ids: [strategyId],
    application_registration_enabled: true,
    auto_approve_registration: sample.autoApprove ?? false,
    deprecated: false,
  });
  return { id: product.id, name, versionId: version.id, bytes: content.length };
}

async function addDocuments(
  client: Client,
  productId: string,
  documents: readonly SampleDocument[],
  parent: string | null,
): Promise<void> {
  for (const { slug, title, markdown, children = [] } of documents) {
    const document = await client.call<Created>('POST', `/v2/api-products/${productId}/documents`, {
      slug,
      title,
      status: 'published',
      content: base64(markdown),
      parent_document_id: parent,
    });
    await addDocuments(client, productId, children, document.id);
  }
}
