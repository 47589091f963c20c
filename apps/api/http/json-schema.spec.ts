import { schemaOf } from './json-schema.js';
import { ChangePortalSettings, CreatePortal } from '#domain/portal/commands.js';

describe('the schema of a command', () => {
  const labelsOf = (type: Parameters<typeof schemaOf>[0]) =>
    (schemaOf(type) as { properties: Record<string, object> }).properties['labels'];

  it('lets null stand for a label only where that removes it', () => {
    expect(labelsOf(CreatePortal)).toMatchObject({ type: 'object', additionalProperties: { type: 'string' } });
    expect(labelsOf(ChangePortalSettings)).toMatchObject({
      type: ['object', 'null'],
      additionalProperties: { type: ['string', 'null'] },
    });
  });
});
