import { changedFields } from '../core/changes.js';
import type { Decide } from '../core/decider.js';
import { refuse } from '../core/refusal.js';
import type { Refusal } from '../core/refusal.js';
import { answer, noProduct, noVersion } from './answer.js';
import type { Event } from './answer.js';
import type { AddSpecification, EditSpecification, RemoveSpecification } from './commands.js';
import type { SpecificationDetails } from './events.js';
import { showSpecification } from './resources.js';
import { versionOf } from './state.js';
import type { ProductState, Specification } from './state.js';

/** A version has one specification: a second one is refused, since replacing it is an edit. */
export const addSpecification: Decide<AddSpecification, ProductState> = (state, command, _, env) => {
  const { product_id, product_version_id, name, api_type = 'openapi', ...content } = command;
  if (!state.exists) return noProduct(product_id);
  const version = versionOf(state, product_version_id);
  if (!version) return noVersion(product_version_id);
  if (version.specification) {
    return refuse('specification_exists', { version: product_version_id, id: version.specification.id });
  }
  const { content_sha256, operations_sha256, size } = content;
  const details: SpecificationDetails = { name, api_type, content_sha256, operations_sha256, size };
  const added: Event = {
    type: 'product.specification-added.v1',
    data: { specification_id: env.id('specification'), product_version_id, ...details },
  };
  return answer(state, [added], env, showSpecification(product_version_id));
};

/** The specification that a command names, or why there is none. */
function found(state: ProductState, command: EditSpecification | RemoveSpecification): Specification | Refusal {
  if (!state.exists) return noProduct(command.product_id);
  const version = versionOf(state, command.product_version_id);
  if (!version) return noVersion(command.product_version_id);
  const { specification } = version;
  return specification?.id === command.specification_id
    ? specification
    : refuse('specification_not_found', { id: command.specification_id });
}

export const editSpecification: Decide<EditSpecification, ProductState> = (state, command, _, env) => {
  const specification = found(state, command);
  if ('refusal' in specification) return specification;
  const { product_version_id, specification_id, name, content_sha256, operations_sha256, size } = command;
  const given = [content_sha256, operations_sha256, size].filter((part) => part !== undefined).length;
  if (given !== 0 && given !== 3) return refuse('specification_content_incomplete');
  const changes = changedFields<Partial<SpecificationDetails>>(specification, {
    name,
    content_sha256,
    operations_sha256,
    size,
  });
  const edited: Event = {
    type: 'product.specification-edited.v1',
    data: { specification_id, product_version_id, ...changes },
  };
  const events = Object.keys(changes).length > 0 ? [edited] : [];
  return answer(state, events, env, showSpecification(product_version_id));
};

export const removeSpecification: Decide<RemoveSpecification, ProductState> = (state, command) => {
  const specification = found(state, command);
  if ('refusal' in specification) return specification;
  const { product_version_id, specification_id } = command;
  const removed: Event = {
    type: 'product.specification-removed.v1',
    data: { specification_id, product_version_id },
  };
  return { events: [removed], result: { id: specification_id } };
};
