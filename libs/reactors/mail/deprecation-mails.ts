import type { LogEvent } from '#read-models/log-event.js';
import type { Condition, Doc } from '#read-models/port.js';
import { caughtUp } from '../caught-up.js';
import type { NewEffect } from '../reactor.js';
import { versionDeprecated } from './access-letters.js';
import type { Draft } from './account-mails.js';
import { apiName, sceneOf, type MailServices } from './scene.js';

/** Events that may say, by `notify`, that a version became deprecated and its consumers are to be told. */
export const DEPRECATING = ['product.publication-changed.v1', 'product.version-published.v1'] as const;

export const isNotice = ({ data }: LogEvent): boolean => data['notify'] === true && data['deprecated'] === true;

const PAGE = 500;

/** Registrations for the version on that portal that are, or may come to be, of use. */
function registered({ data }: LogEvent): readonly Condition[] {
  return [
    { field: 'product_version_id', op: 'eq', value: data['product_version_id'] as string },
    { field: 'status', op: 'in', value: ['approved', 'pending'] },
    { field: 'portal_id', op: 'eq', value: data['portal_id'] as string },
  ];
}

async function all({ reads }: MailServices, where: readonly Condition[]): Promise<readonly Doc[]> {
  const docs: Doc[] = [];
  for (let after = ''; ;) {
    const page = await reads.find('registrations', {
      where: [...where, { field: 'id', op: 'gt', value: after }],
      limit: PAGE,
    });
    docs.push(...page);
    if (page.length < PAGE) return docs;
    after = page.at(-1)!.id;
  }
}

/** One mail for each developer who has an application registered for the version. */
export async function deprecationEffects(event: LogEvent, services: MailServices): Promise<readonly NewEffect[]> {
  await caughtUp(services, 'registrations');
  const developers = new Set((await all(services, registered(event))).map((doc) => doc['developer_id'] as string));
  return [...developers].map((developer_id) => ({
    key: `${event.id}:${developer_id}`,
    position: event.position,
    details: { developer_id },
  }));
}

export async function deprecationMail(
  event: LogEvent,
  developerId: string,
  services: MailServices,
): Promise<Draft | undefined> {
  const scene = await sceneOf(services, developerId);
  if (!scene) return undefined;
  const mine = await all(services, [...registered(event), { field: 'developer_id', op: 'eq', value: developerId }]);
  const applications = [...new Set(mine.map((doc) => doc['application_name'] as string))].sort();
  if (applications.length === 0) return undefined;
  const api = await apiName(services, event.entityId, event.data['product_version_id'] as string);
  return { scene, letter: versionDeprecated(applications, api, scene.portal.links.product(event.entityId)) };
}
