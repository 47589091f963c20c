import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPERATIONS, type OperationSpec } from '../../apps/api/http/operation.js';
import { openApiDocument } from '../../apps/api/http/openapi.js';
import { schemas } from '../../apps/api/schemas.js';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  /** Parsed JSON. */
  readonly body: unknown;
}

/** Throws unless the OpenAPI document declares such an answer for the operation: its status, media type and body. */
export type DeclaredCheck = (sent: Sent) => void;

export function declaredCheck(): DeclaredCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  ajv.addSchema(openApiDocument(schemas, '0.0.0'), 'api');
  return ({ method, path, status, contentType, body }) => {
    const operation = operationOf(method, path);
    const where = `${operation.id} ${status}`;
    const type = contentType?.split(';')[0];
    const pointer = ['paths', operation.path, method.toLowerCase(), 'responses', status, 'content', type];
    const text = pointer.map((part) => encodeURIComponent(String(part).replaceAll('/', '~1'))).join('/');
    const validate = ajv.getSchema(`api#/${text}/schema`);
    if (!validate) throw new Error(`${where}: not declared with ${type}: ${JSON.stringify(body)}`);
    if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
  };
}

function operationOf(method: string, path: string): OperationSpec {
  const bare = path.split('?')[0]!;
  const found = OPERATIONS.filter(
    (operation) =>
      operation.method === method && new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  ).sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  if (!found) throw new Error(`No operation answers ${method} ${bare}`);
  return found;
}
