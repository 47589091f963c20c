import { apps } from './example-view.contract.js';
import type { Doc, View } from './port.js';
import { edit, entity } from './rules.js';
import { project } from './testing.js';

const made = ['app-1', 'app.made.v1', { owner: 'o', name: 'n' }] as const;
const withRule = (change: (doc: Doc) => Doc): View => ({
  ...apps,
  rules: { ...apps.rules, 'app.named.v1': edit(entity, change) },
});

describe('project', () => {
  it('gives the documents that a view makes of events', async () => {
    const docs = await project(apps, [
      made,
      ['app-2', 'app.made.v1', { owner: 'o', name: 'x' }],
      ['app-2', 'app.gone.v1'],
    ]);
    expect([...docs.values()]).toEqual([{ id: '1', owner: 'o', name: 'n', edits: 0 }]);
  });

  it('fails for a rule that mutates a document', async () => {
    const mutating = withRule((doc) => Object.assign(doc, { name: 'changed' }));
    await expect(project(mutating, [made, ['app-1', 'app.named.v1']])).rejects.toThrow(TypeError);
  });

  it('fails for a document that would come back from a store as another', async () => {
    const withDate = withRule((doc) => ({ ...doc, at: new Date(0) }));
    await expect(project(withDate, [made, ['app-1', 'app.named.v1']])).rejects.toThrow('document field at is not JSON');
  });
});
