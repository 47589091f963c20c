import { productEvents } from '#domain/product/events.js';
import { product } from '#domain/product/state.js';
import { foldText } from '../fold-text.js';
import { labelTerms } from '../label-terms.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per API product: its state, with versions, publications and documents, for administrators. */
export const products: View = {
  name: 'products',
  version: 1,
  indexes: [['name_folded'], ['created_at']],
  rules: mirror({
    events: productEvents,
    decider: product,
    also: ({ name, description, labels, public_labels }) => ({
      name_folded: foldText(name),
      description_folded: foldText(description ?? ''),
      label_terms: labelTerms(labels),
      public_label_terms: labelTerms(public_labels),
    }),
  }),
};
