import type { Definition, PhrasingContent } from 'mdast';
import type { DocumentNode, TextNode } from './document-nodes.js';
import { isLineBreak } from './html.js';
import { safeHref, safeImageUrl } from './links.js';

/** Thrown inside the conversion, which is recursive; a value again where it ends. */
export class Unconvertible extends Error {
  constructor(readonly code: 'too_deep' | 'too_large') {
    super(code);
  }
}

export interface Conversion {
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Counts output that is not in proportion to the input (repeated references, alignments). */
  spend(characters: number): void;
  /** Runs `convert` one level deeper. */
  deeper<T>(convert: () => T): T;
}

/** The inline content of a block. */
export function inlineNodes(children: readonly PhrasingContent[], conversion: Conversion): DocumentNode[] {
  const nodes: DocumentNode[] = [];
  for (const child of children) {
    if (child.type === 'break' || (child.type === 'html' && isLineBreak(child.value))) breakLine(nodes);
    else nodes.push(...inlineNode(child, conversion));
  }
  return nodes;
}

/** A hard break is an attribute of the text before it. */
function breakLine(nodes: DocumentNode[]): void {
  const last = nodes.at(-1);
  if (last?.type === 'text' && !last.hardBreak && !last.softBreak) nodes.pop();
  const text = last?.type === 'text' && !last.hardBreak && !last.softBreak ? last.text : '';
  nodes.push({ type: 'text', text, hardBreak: true });
}

function inlineNode(node: PhrasingContent, conversion: Conversion): readonly DocumentNode[] {
  const inside = (children: readonly PhrasingContent[]) => conversion.deeper(() => inlineNodes(children, conversion));
  switch (node.type) {
    case 'text':
      return textLines(node.value);
    case 'emphasis':
      return [{ type: 'emphasis', level: 1, children: inside(node.children) }];
    case 'strong':
      return [{ type: 'emphasis', level: 2, children: inside(node.children) }];
    case 'delete':
      return [{ type: 'strikethrough', children: inside(node.children) }];
    case 'inlineCode':
      return [{ type: 'code', children: [{ type: 'text', text: node.value }] }];
    case 'link':
      return [link(node, inside(node.children), conversion)];
    case 'linkReference': {
      const definition = conversion.definitions.get(node.identifier);
      const children = inside(node.children);
      return definition ? [link(definition, children, conversion)] : children;
    }
    case 'image':
      return [image(node, node.alt, conversion)];
    case 'imageReference': {
      const definition = conversion.definitions.get(node.identifier);
      return [definition ? image(definition, node.alt, conversion) : { type: 'text', text: node.alt ?? '' }];
    }
    case 'footnoteReference':
      return [{ type: 'text', text: `[${node.label ?? node.identifier}]` }];
    default: // raw HTML: the text between tags is text of its own
      return [];
  }
}

interface Target {
  readonly url: string;
  readonly title?: string | null | undefined;
}

function link({ url, title }: Target, children: readonly DocumentNode[], conversion: Conversion): DocumentNode {
  conversion.spend(url.length + (title?.length ?? 0));
  return { type: 'link', href: safeHref(url), ...(title ? { title } : {}), children };
}

function image({ url, title }: Target, alt: string | null | undefined, conversion: Conversion): DocumentNode {
  conversion.spend(url.length + (title?.length ?? 0));
  const safe = safeImageUrl(url);
  if (safe === undefined) return { type: 'text', text: alt ?? '' };
  return { type: 'image', url: safe, alt: alt ?? '', ...(title ? { title } : {}) };
}

/** One text node for each line of the source. */
function textLines(value: string): TextNode[] {
  const lines = value.split('\n');
  const last = lines.pop()!;
  const nodes: TextNode[] = lines.map((text) => ({ type: 'text', text, softBreak: true }));
  return last === '' && nodes.length > 0 ? nodes : [...nodes, { type: 'text', text: last }];
}
