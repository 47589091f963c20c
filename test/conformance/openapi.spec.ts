import { Validator } from '@seriousme/openapi-schema-validator';
import { startTestServer, type TestServer } from '../support/server.js';

interface Described {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, object>>;
}
interface Document extends Record<string, unknown> {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

let server: TestServer;
let document: Document;

beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
});
afterAll(() => server.stop());

/** Routes that are not operations, and why. */
const NOT_OPERATIONS: Readonly<Record<string, string>> = {
  'POST /commands/{}': 'answers that there is no such command, and which one may be meant',
};
/** Gateways forward the call with its own method: the document names GET for all of them. */
const ANY_METHOD = '/gateway/check';

const bare = (path: string): string => path.replace(/:[^/]+|\{[^}]+\}|\*/g, '{}');

/** What the server answers to, from its own router: `METHOD /path/{}`. HEAD comes with every GET. */
function served(): string[] {
  const tree = server.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^([│├└─\s]*)(\S+) \(([^)]*)\)$/.exec(line);
    if (!match) return [];
    const depth = match[1]!.length / 4;
    above[depth] = (depth > 1 ? above[depth - 1]! : '') + match[2]!;
    const methods = match[3]!.split(', ').filter((method) => method !== 'HEAD');
    return methods.map((method) => `${method} ${bare(above[depth]!)}`);
  });
}

const described = (): string[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${bare(path)}`),
  );

describe('/openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every route that is served, and no other', () => {
    const routes = served().filter((route) => !(route in NOT_OPERATIONS) && !route.includes(ANY_METHOD));
    const operations = described().filter((route) => !route.includes(ANY_METHOD));
    expect(routes.length).toBeGreaterThan(100);
    expect([...new Set(routes)].sort()).toEqual(operations.sort());
    expect(described()).toEqual(expect.arrayContaining([`GET ${ANY_METHOD}`, `GET ${ANY_METHOD}/{}`]));
    expect(served()).toEqual(expect.arrayContaining([`PUT ${ANY_METHOD}`, ...Object.keys(NOT_OPERATIONS)]));
  });

  it('names each operation once and gives each a success', () => {
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const without = operations.filter(
      ({ responses }) => !Object.keys(responses).some((status) => /^[23]/.test(status)),
    );
    expect(without).toEqual([]);
  });
});
