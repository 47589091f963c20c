import type { Doc, View } from './port.js';
import { allWhere, edit, entity, insert, remove, replaceAll, rulesFor } from './rules.js';

interface App extends Doc {
  readonly owner: string;
  readonly name: string;
}

export type AppEvent =
  | { type: 'app.made.v1'; data: { owner: string; name: string } }
  | { type: 'app.named.v1'; data: { name: string } }
  | { type: 'app.moved.v1'; data: { owner: string } }
  | { type: 'app.gone.v1'; data: object }
  | { type: 'owner.named.v1'; data: { name: string } }
  | { type: 'owner.gone.v1'; data: object }
  | { type: 'owner.split.v1'; data: { into: readonly string[] } };

/** A view with every kind of rule: by id, by field, many documents at once, new documents beside the selected. */
export const apps: View = {
  name: 'apps',
  version: 1,
  indexes: [['owner'], ['name']],
  rules: rulesFor<AppEvent>({
    'app.made.v1': insert((e) => ({ id: e.entityId, owner: e.data.owner, name: e.data.name, edits: 0 })),
    'app.named.v1': edit(entity, (doc: App & { edits: number }, e) =>
      e.data.name === doc.name ? doc : { ...doc, name: e.data.name, edits: doc.edits + 1 },
    ),
    'app.moved.v1': edit(entity, (doc: App, e) => ({ ...doc, owner: e.data.owner })),
    'app.gone.v1': remove(entity),
    'owner.named.v1': edit(
      allWhere('owner', (e) => e.entityId),
      (doc: App, e) => ({ ...doc, name: `${doc.id} of ${e.data.name}` }),
    ),
    'owner.gone.v1': remove(allWhere('owner', (e) => e.entityId)),
    'owner.split.v1': replaceAll(
      allWhere('owner', (e) => e.entityId),
      (e, present: readonly App[]) =>
        e.data.into.map((id) => ({ id, owner: e.entityId, name: `one of ${present.length}`, edits: 0 })),
    ),
  }),
};
