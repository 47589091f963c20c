import { ref, type Schema } from '../../http/operation.js';

const id: Schema = { type: 'string', format: 'uuid' };
const parent: Schema = { type: ['string', 'null'], format: 'uuid', description: 'Null for a document at the top.' };
const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };

const closed = (description: string, properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

const item = {
  id,
  parent_document_id: parent,
  slug: text,
  title: text,
  metadata: { type: 'object', description: 'What the writers added.' },
  created_at: time,
  updated_at: time,
};

const content = (schema: Schema) => ({ id, parent_document_id: parent, slug: text, title: text, content: schema });

export const documentSchemas: Readonly<Record<string, Schema>> = {
  PortalDocument: closed('A document.', item),
  PortalDocumentTree: closed('A document with those below it.', {
    ...item,
    children: { type: 'array', items: ref('PortalDocumentTree') },
  }),
  PortalDocumentContent: closed('A document with its text.', content({ ...text, description: 'Markdown.' })),
  PortalDocumentNodes: closed(
    'A document with the nodes that its Markdown means.',
    content(
      closed('The root node.', {
        type: { enum: ['document'] },
        version: { enum: ['1'] },
        children: { type: 'array', items: ref('PortalDocumentNode') },
      }),
    ),
  ),
  PortalDocumentNode: {
    type: 'object',
    description: 'Every type has fields of its own; scripts and unsafe addresses are left out.',
    required: ['type'],
    properties: {
      type: {
        enum: [
          ...['heading', 'blockquote', 'paragraph', 'text_block', 'break', 'code_block', 'list', 'list_item'],
          ...['text', 'emphasis', 'code', 'link', 'image', 'strikethrough', 'task_checkbox'],
          ...['table', 'table_header', 'table_row', 'table_cell'],
        ],
      },
      children: { type: 'array', items: ref('PortalDocumentNode') },
    },
  },
};
