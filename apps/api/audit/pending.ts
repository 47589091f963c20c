import type { Doc } from '#read-models/port.js';
import type { Services } from '../services.js';
import { openPersonal } from './opening.js';
import { usesByApplication } from './uses.js';

export interface PendingDoc extends Doc {
  readonly kind: 'developer' | 'registration';
  readonly since: string;
  readonly portal_id: string;
  readonly developer_id: string;
  readonly application_id?: string;
  readonly product_id?: string;
  readonly product_version_id?: string;
}

/** The commands that decide, as they are sent to /commands. */
const DECIDE = {
  developer: ['ApproveDeveloper', 'RejectDeveloper'],
  registration: ['ApproveApp', 'RejectApp'],
} as const;

/** What waits, with the names of who and what; `now` in milliseconds. */
export async function renderPending(
  docs: readonly PendingDoc[],
  now: number,
  { reads, keyring, consumption }: Pick<Services, 'reads' | 'keyring' | 'consumption'>,
): Promise<readonly object[]> {
  const ids = (field: keyof PendingDoc) => [
    ...new Set(docs.map((doc) => doc[field]).filter((id): id is string => typeof id === 'string')),
  ];
  const [developers, applications, products, portals] = await Promise.all([
    reads.getMany('developers', ids('developer_id')),
    reads.getMany('applications', ids('application_id')),
    reads.getMany('products', ids('product_id')),
    reads.getMany('portals', ids('portal_id')),
  ]);
  const usesOf = usesByApplication(await consumption.usesOf(ids('application_id')));
  const persons = [...developers.values()].map(({ full_name, email }) => ({ full_name, email }));
  const open = await openPersonal(persons, keyring);
  const nameOf = (doc: Doc | undefined) => (doc?.['name'] as string | undefined) ?? null;
  const versionName = ({ product_id, product_version_id }: PendingDoc): string | null => {
    const versions = (products.get(product_id ?? '')?.['versions'] ?? []) as { id: string; name: string }[];
    return versions.find(({ id }) => id === product_version_id)?.name ?? null;
  };
  return docs.map((doc) => {
    const developer = developers.get(doc.developer_id);
    return {
      kind: doc.kind,
      id: doc.id,
      since: doc.since,
      waiting_seconds: Math.max(0, Math.floor((now - Date.parse(doc.since)) / 1000)),
      portal_id: doc.portal_id,
      portal_name: nameOf(portals.get(doc.portal_id)),
      developer_id: doc.developer_id,
      developer_name: open(developer?.['full_name']) ?? null,
      developer_email: open(developer?.['email']) ?? null,
      developer_email_confirmed: developer?.['email_confirmed'] ?? null,
      application_id: doc.application_id ?? null,
      application_name: nameOf(applications.get(doc.application_id ?? '')),
      application_last_used_on: usesOf(doc.application_id ?? '').last,
      product_id: doc.product_id ?? null,
      product_name: nameOf(products.get(doc.product_id ?? '')),
      product_version_id: doc.product_version_id ?? null,
      product_version_name: versionName(doc),
      decide_with: DECIDE[doc.kind],
    };
  });
}
