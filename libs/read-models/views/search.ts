import type { ProductDetails, ProductEvent } from '#domain/product/events.js';
import { markdownText } from '#documents/markdown.js';
import { readOperations } from '#documents/operations.js';
import type { LogEvent } from '../log-event.js';
import type { Changes, Doc, View } from '../port.js';
import { allWhere, remove, rulesFor, type EventWith, type RuleFor } from '../rules.js';
import { distinctTerms, operationTexts } from '../search-terms.js';
import { ViewError } from '../view-error.js';

/** Where a word may stand, and what finding it there is worth. */
export const WEIGHTS = { name: 8, description: 4, label: 4, title: 3, version: 2, text: 1, operation: 1 } as const;

type Part = keyof typeof WEIGHTS;
type Parts = Readonly<Partial<Record<Part, readonly string[]>>>;

/** What is indexed as a whole: the product itself, one of its versions, one of its documents. */
type Source = `product:${string}` | `version:${string}` | `document:${string}`;

/** The version whose words a source holds: they count where that version is published. */
export const versionOfSource = (source: string): string | undefined =>
  source.startsWith('version:') ? source.slice('version:'.length) : undefined;

const productSource = ({ entityId }: { entityId: string }): Source => `product:${entityId}`;
const versionSource = ({ data }: EventWith<{ product_version_id: string }>): Source =>
  `version:${data.product_version_id}`;
const documentSource = ({ data }: EventWith<{ document_id: string }>): Source => `document:${data.document_id}`;

/**
 * One document per word and part of a source: {term, weight, product_id, source, part}. The words of a document that is
 * not published stand in `unpublished_term`, where no query looks; whether it is, stands in a document named like the source.
 */
export const search: View = {
  name: 'search',
  version: 1,
  indexes: [['weight', 'term'], ['source'], ['product_id']],
  load: readTerms,
  rules: rulesFor<ProductEvent>({
    'product.created.v1': index(productSource, ({ data }) => detailParts(data)),
    'product.edited.v1': index(productSource, ({ data }) => detailParts(data)),
    'product.deleted.v1': remove(allWhere('product_id', ({ entityId }) => entityId)),
    'product.version-added.v1': index(versionSource, ({ data }) => ({ version: distinctTerms([data.name]) })),
    'product.version-edited.v1': index(versionSource, ({ data }) =>
      data.name === undefined ? {} : { version: distinctTerms([data.name]) },
    ),
    'product.version-removed.v1': remove(allWhere('source', versionSource)),
    'product.specification-added.v1': index(versionSource, (_, loaded) => loadedPart('operation', loaded)),
    'product.specification-edited.v1': index(versionSource, (_, loaded) => loadedPart('operation', loaded)),
    'product.specification-removed.v1': index(versionSource, () => ({ operation: [] })),
    'product.document-added.v1': { select: allWhere('source', documentSource), reduce: indexDocument },
    'product.document-edited.v1': { select: allWhere('source', documentSource), reduce: indexDocument },
    'product.document-removed.v1': remove(allWhere('source', documentSource)),
  }),
};

const detailParts = ({ name, description, public_labels }: Partial<ProductDetails>): Parts => ({
  ...(name !== undefined && { name: distinctTerms([name]) }),
  ...(description !== undefined && { description: distinctTerms([description ?? '']) }),
  ...(public_labels !== undefined && { label: distinctTerms(public_labels.flat()) }),
});

const loadedPart = (part: Part, loaded: unknown): Parts => (loaded ? { [part]: loaded as readonly string[] } : {});

/** The given parts of the source get these words instead of theirs; other parts stay as they are. */
function index<D>(
  source: (event: EventWith<NoInfer<D>>) => Source,
  parts: (event: EventWith<D>, loaded: unknown) => Parts,
) {
  const rule: RuleFor<D> = {
    select: allWhere('source', source),
    reduce: (docs, event, loaded) => replaceParts(docs, event.entityId, source(event), parts(event, loaded), true),
  };
  return rule;
}

function replaceParts(
  docs: ReadonlyMap<string, Doc>,
  product_id: string,
  source: Source,
  parts: Parts,
  published: boolean,
): Changes {
  const gone = Array.from(docs.values()).filter(({ part }) => (part as Part) in parts);
  const changes = new Map<string, Doc | null>(gone.map(({ id }) => [id, null]));
  const field = published ? 'term' : 'unpublished_term';
  for (const part of Object.keys(parts) as Part[]) {
    for (const term of parts[part]!) {
      const id = `${source}:${part}:${term}`;
      const present = docs.get(id);
      const same = present !== undefined && present[field] === term;
      changes.set(id, same ? present : { id, product_id, source, part, weight: WEIGHTS[part], [field]: term });
    }
  }
  return changes;
}

type DocumentChanged = EventWith<{ document_id: string; title?: string; status?: 'published' | 'unpublished' }>;

function indexDocument(docs: ReadonlyMap<string, Doc>, event: DocumentChanged, loaded: unknown): Changes {
  const { title, status } = event.data;
  const { entityId: product_id } = event;
  const source = documentSource(event);
  const published = status === undefined ? docs.get(source)?.['published'] === true : status === 'published';
  const parts: Parts = {
    ...(status !== undefined && presentParts(docs)),
    ...(title !== undefined && { title: distinctTerms([title]) }),
    ...loadedPart('text', loaded),
  };
  return new Map([
    ...replaceParts(docs, product_id, source, parts, published),
    [source, { id: source, product_id, source, published }],
  ]);
}

/** The words of each part that are there now, published or not. */
function presentParts(docs: ReadonlyMap<string, Doc>): Parts {
  const parts: Partial<Record<Part, string[]>> = {};
  for (const { part, term, unpublished_term } of docs.values()) {
    if (part !== undefined) (parts[part as Part] ??= []).push((term ?? unpublished_term) as string);
  }
  return parts;
}

/**
 * The words of the blob that the event names: a document's Markdown, or the list of a specification's operations. A blob that
 * is no such list has no words: one wrong event must not stop the view.
 */
async function readTerms(event: LogEvent, blob: (sha256: string) => Promise<Uint8Array | undefined>): Promise<unknown> {
  const { content_sha256, operations_sha256 } = event.data as Readonly<Record<string, string | undefined>>;
  const read = async (sha256: string): Promise<string> => {
    const bytes = await blob(sha256);
    if (!bytes) throw new ViewError(`the blob ${sha256} is missing: restore it, then retry the view`);
    return new TextDecoder().decode(bytes);
  };
  if (event.type.startsWith('product.document-')) {
    return content_sha256 && distinctTerms([markdownText(await read(content_sha256))]);
  }
  if (event.type.startsWith('product.specification-')) {
    return operations_sha256 && distinctTerms(operationTexts(readOperations(await read(operations_sha256)) ?? []));
  }
  return undefined;
}
