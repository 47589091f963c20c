import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { accessOf, type CatalogueEntry } from './catalogue.js';
import { renderHit } from './render-catalogue.js';
import { searchCatalogue } from '#read-models/search-query.js';

const INDICES = ['product-catalog'];
const JOINS = ['versions', 'versions.documents'];
/** Each word is a look-up of its own. */
const MAX_QUERY = 256;

const LIST: ListSpec = {
  also: {
    q: {
      description: 'Words, or beginnings of words, that must all occur. Empty: the whole catalogue, by name.',
      schema: { type: 'string', maxLength: MAX_QUERY },
    },
    join: {
      description: `Accepted for compatibility, comma-separated: ${JOINS.join(', ')}. Versions and documents are always searched.`,
      schema: { type: 'string' },
    },
  },
};

@Controller()
export class SearchController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'search-portal-entities',
    method: 'GET',
    path: '/api/v2/search/{indices}',
    tag: 'Portal: search',
    summary: 'Products found by words in their names, descriptions, labels, documents, versions and operations',
    access: 'optional',
    freeParams: { indices: `What is searched: ${INDICES.join(', ')}.` },
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of products, best first.', schema: pageOf(ref('PortalSearchHit')) } },
    errors: [400, 401],
  })
  async search(@Ctx() context: Context) {
    const { params, query: parameters, portal } = context;
    const query = parseList(parameters, LIST);
    const { q = '', join = '' } = parameters;
    checkChoices('indices', [params['indices']!], INDICES, 'path');
    checkChoices('join', join === '' ? [] : join.split(','), JOINS, 'query');
    if (q.length > MAX_QUERY) {
      const reason = `must not have more than ${MAX_QUERY} characters`;
      throw invalid({ field: 'q', reason, rule: 'max_length', maximum: MAX_QUERY, source: 'query' });
    }
    const { viewable } = await accessOf(this.services, context);
    const { hits, total } = await searchCatalogue(this.services.reads, portal.id, q, query, viewable);
    return page((hits as readonly CatalogueEntry[]).map(renderHit), query, total);
  }
}

function checkChoices(
  field: string,
  values: readonly string[],
  choices: readonly string[],
  source: 'path' | 'query',
): void {
  if (values.every((value) => choices.includes(value.trim()))) return;
  throw invalid({ field, reason: `must be one of ${choices.join(', ')}`, rule: 'enum', choices, source });
}
