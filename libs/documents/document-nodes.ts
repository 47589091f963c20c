/** A document's nodes as the portal API answers as application/vnd.konnect.document-nodes+json. */
export type Alignment = 'left' | 'right' | 'center' | 'none';

interface Parent<Type extends string> {
  readonly type: Type;
  readonly children: readonly DocumentNode[];
}

export interface TextNode {
  readonly type: 'text';
  readonly text: string;
  /** A line break follows. */
  readonly hardBreak?: true;
  /** The source's line ended here: a space follows. */
  readonly softBreak?: true;
}

export type DocumentNode =
  | (Parent<'heading'> & { readonly level: number })
  | Parent<'blockquote'>
  | Parent<'paragraph'>
  /** A paragraph of a tight list. */
  | Parent<'text_block'>
  /** A thematic break. */
  | { readonly type: 'break' }
  | (Parent<'code_block'> & { readonly lang?: string })
  | (Parent<'list'> & { readonly isOrdered: boolean })
  | Parent<'list_item'>
  | TextNode
  /** 1: italic, 2: bold. */
  | (Parent<'emphasis'> & { readonly level: 1 | 2 })
  | Parent<'code'>
  | (Parent<'link'> & { readonly href: string; readonly title?: string })
  | { readonly type: 'image'; readonly url: string; readonly alt: string; readonly title?: string }
  | Parent<'strikethrough'>
  | (Parent<'table'> & { readonly alignments: readonly Alignment[] })
  | (Parent<'table_header'> & { readonly alignments: readonly Alignment[] })
  | (Parent<'table_row'> & { readonly alignments: readonly Alignment[] })
  | (Parent<'table_cell'> & { readonly alignment: Alignment })
  | { readonly type: 'task_checkbox'; readonly checked: boolean };

export interface DocumentNodes {
  readonly type: 'document';
  readonly version: '1';
  readonly children: readonly DocumentNode[];
}
