import { Controller, Inject } from '@nestjs/common';
import { MAX_APPLICATIONS } from '#domain/application/decide.js';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import {
  NEWEST_FIRST,
  ownedBy,
  strategiesById,
  type ApplicationEntry,
  type RegistrationEntry,
} from './applications.js';
import { publishedVersion, visibleProduct } from './catalogue.js';
import { renderVersionApplication } from './render-applications.js';
import { REGISTRATION_STATUSES } from './schemas/applications.js';

const LIST: ListSpec = {
  filter: {
    name: { ops: ['eq', 'contains'] },
    status: { ops: ['eq'], field: 'registration_status', choices: REGISTRATION_STATUSES },
    auth_strategy_id: { ops: ['eq'], uuid: true },
  },
  also: {
    unregistered: {
      description: 'true: the applications that have no registration for the version instead.',
      schema: { type: 'boolean' },
    },
  },
};

/** Which of a developer's applications are registered for a version, and which could be. */
@Controller()
export class VersionApplicationsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'get-applications-by-product-version',
    method: 'GET',
    path: '/api/v2/products/{productId}/versions/{productVersionId}/applications',
    tag: 'Portal: versions',
    summary: "The developer's applications with a registration of any status for the version, newest first",
    access: 'developer',
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of applications.', schema: pageOf(ref('PortalVersionApplication')) } },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, LIST);
    const wantsRegistered = !unregistered(context.query['unregistered']);
    const { id: portalId } = context.portal;
    const product = await visibleProduct(this.services, context, context.params['productId']!);
    const version = publishedVersion(product.state, portalId, context.params['productVersionId']!);
    const [mine, registrations] = await Promise.all([
      this.applications(context),
      this.registrations(context, version.id),
    ]);
    const entries = mine.flatMap((application) => {
      const registration = registrations.get(application.id);
      if (Boolean(registration) !== wantsRegistered) return [];
      const { id, status } = registration ?? { id: null, status: null };
      return [{ ...application, registration_id: id, registration_status: status }];
    });
    const { docs, total } = listInMemory(entries, query, NEWEST_FIRST);
    const strategies = await strategiesById(
      this.services,
      docs.map(({ auth_strategy_id }) => auth_strategy_id),
    );
    const rendered = docs.map((entry) => renderVersionApplication(entry, strategies.get(entry.auth_strategy_id)!));
    return page(rendered, query, total);
  }

  /** All of the developer's, of which there are few enough to be looked through. */
  private async applications(context: Context): Promise<readonly ApplicationEntry[]> {
    const query = { where: [ownedBy(context)], limit: MAX_APPLICATIONS };
    return (await this.services.reads.find('applications', query)) as readonly ApplicationEntry[];
  }

  /** The developer's registrations for the version, by application: each has one at most. */
  private async registrations(context: Context, versionId: string): Promise<ReadonlyMap<string, RegistrationEntry>> {
    const ofVersion = { field: 'product_version_id', op: 'eq', value: versionId } as const;
    const query = { where: [ownedBy(context), ofVersion], limit: MAX_APPLICATIONS };
    const found = (await this.services.reads.find('registrations', query)) as readonly RegistrationEntry[];
    return new Map(found.map((entry) => [entry.application_id, entry]));
  }
}

/** Empty is absent, as with the paging parameters. */
function unregistered(text = ''): boolean {
  if (text !== '' && text !== 'true' && text !== 'false') {
    throw invalid({ field: 'unregistered', reason: 'must be true or false', rule: 'is_boolean', source: 'query' });
  }
  return text === 'true';
}
