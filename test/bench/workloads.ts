import { randomUUID } from 'node:crypto';
import { benchId } from './data/ids.js';
import { KEY_NAME, requestsOf, versionAskedFor, type Scale } from './data/plan.js';
import { approvesByItself } from './data/products.js';

/** What the load process sends, small enough to be told to it; it makes the requests itself. */
export type Workload =
  | { readonly kind: 'get'; readonly paths: readonly string[]; readonly headers?: readonly Record<string, string>[] }
  | { readonly kind: 'gateway'; readonly calls: readonly Call[] }
  | {
      readonly kind: 'commands';
      readonly scale: Scale;
      readonly token: string;
      /** Applications from `first` on, `count` of them: each is sent a few commands, once. */
      readonly first: number;
      readonly count: number;
      /** All go here instead of to their commands: the same requests for the baseline. */
      readonly path?: string;
    }
  /** Commands in groups: those of one group are sent by one connection in order, again and again. */
  | {
      readonly kind: 'groups';
      readonly token: string;
      readonly groups: readonly (readonly (readonly [command: string, body: object])[])[];
      /** With an Idempotency-Key, made for each request once: groups can be sent once then. */
      readonly keyed?: boolean;
    };

/** A key with the version that it is presented for. */
export interface Call {
  readonly key: string;
  readonly version: string;
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests in groups: those of one group are sent by one connection, in order. */
export function requestsFor(workload: Workload): readonly (readonly Request[])[] {
  switch (workload.kind) {
    case 'get':
      return (workload.headers ?? [{}]).map((headers) =>
        workload.paths.map((path) => ({ method: 'GET', path, headers })),
      );
    case 'gateway':
      return workload.calls.map(({ key, version }) => [
        { method: 'GET', path: `/gateway/check?product_version=${version}`, headers: { [KEY_NAME]: key } },
      ]);
    case 'groups':
      return workload.groups.map((group) =>
        group.map(([name, body]) => ({
          method: 'POST',
          path: `/commands/${name}`,
          headers: {
            authorization: `Bearer ${workload.token}`,
            'content-type': 'application/json',
            ...(workload.keyed ? { 'idempotency-key': randomUUID() } : {}),
          },
          body: JSON.stringify(body),
        })),
      );
    case 'commands':
      return Array.from({ length: workload.count }, (_, i) =>
        commandsOn(workload.first + i, workload.scale).map(([name, body]) => ({
          method: 'POST',
          path: workload.path ?? `/commands/${name}`,
          headers: {
            authorization: `Bearer ${workload.token}`,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
          },
          body: JSON.stringify(body),
        })),
      );
  }
}

/** Two more requests for access, the approval of those that need one, and a key. */
function commandsOn(application: number, scale: Scale): readonly (readonly [string, object])[] {
  const application_id = benchId('application', application);
  const request = (more: number) => versionAskedFor(scale, application, requestsOf(application) + more);
  const ask = (version: number) =>
    ['RequestAccess', { application_id, product_version_id: benchId('version', version) }] as const;
  const both = [request(0), request(1)];
  const approve = both.every(approvesByItself) ? [] : [['ApproveApp', { application_id }] as const];
  return [ask(both[0]!), ask(both[1]!), ...approve, ['GenerateCredential', { application_id }]];
}
