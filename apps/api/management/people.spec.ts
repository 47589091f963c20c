import type { Services } from '../services.js';
import { developersWhere } from './people.js';

describe('a search in names', () => {
  it('is refused beyond 10,000 developers, before any is opened', async () => {
    let asked: unknown;
    const services = {
      reads: {
        find: async (_view: string, query: { limit: number }) => {
          asked = query;
          return new Array(query.limit).fill({ id: 'x' });
        },
      },
    } as unknown as Services;
    const conditions = [
      { field: 'full_name', op: 'eq', value: 'Ada' },
      { field: 'status', op: 'eq', value: 'pending' },
    ] as const;
    await expect(developersWhere(services, 'p', conditions)).rejects.toMatchObject({
      status: 400,
      code: 'too_many_developers',
    });
    expect(asked).toEqual({ where: [{ field: 'portal_id', op: 'eq', value: 'p' }, conditions[1]], limit: 10_001 });
  });
});
