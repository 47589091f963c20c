import type { List, ListItem, RootContent, Table, Definition, Root, Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Alignment, DocumentNode, DocumentNodes } from './document-nodes.js';
import { htmlText } from './html.js';
import { inlineNodes, Unconvertible, type Conversion } from './inline-nodes.js';
import { refused, type Result } from './problem.js';

/** Markdown up to here parses in about two seconds, if it is not made to be slow. */
export const MAX_MARKDOWN_CHARACTERS = 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_REPEATED_CHARACTERS = 4 * 1024 * 1024;

/**
 * Markdown (CommonMark and GitHub's tables, task lists, strikethrough, autolinks, footnotes) as the portal API's document
 * nodes. Nothing in it is HTML: raw HTML leaves its text only, and addresses that could run a script become '#'.
 * Takes time quadratic in some inputs: hostile Markdown belongs in a worker with a time limit.
 */
export function toDocumentNodes(markdown: string): Result<{ document: DocumentNodes }> {
  if (markdown.length > MAX_MARKDOWN_CHARACTERS) {
    return refused('too_large', `Markdown may have at most ${MAX_MARKDOWN_CHARACTERS} characters: split the document`);
  }
  try {
    const root = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    const children = blockNodes(root.children, conversionOf(root));
    return { ok: true, document: { type: 'document', version: '1', children } };
  } catch (error) {
    if (error instanceof Unconvertible && error.code === 'too_large') {
      return refused('too_large', 'References and tables make this Markdown too large: write less of them');
    }
    // A RangeError: the parser ran out of stack.
    if (!(error instanceof Unconvertible || error instanceof RangeError)) throw error;
    return refused('too_deep', `Markdown is nested more than ${MAX_DEPTH} deep: flatten its lists and quotes`);
  }
}

function conversionOf(root: Root): Conversion {
  let depth = 0;
  let spent = 0;
  return {
    definitions: definitionsIn(root),
    spend(characters) {
      spent += characters;
      if (spent > MAX_REPEATED_CHARACTERS) throw new Unconvertible('too_large');
    },
    deeper(convert) {
      if (++depth > MAX_DEPTH) throw new Unconvertible('too_deep');
      const result = convert();
      depth -= 1;
      return result;
    },
  };
}

/** The first definition of an identifier counts (CommonMark 0.31 section 4.7), wherever it is. */
function definitionsIn(root: Root): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'definition' && !definitions.has(node.identifier)) definitions.set(node.identifier, node);
    if ('children' in node) for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i]!);
  }
  return definitions;
}

const blockNodes = (children: readonly RootContent[], conversion: Conversion): DocumentNode[] =>
  children.flatMap((child) => blockNode(child, conversion));

function blockNode(node: RootContent, conversion: Conversion): readonly DocumentNode[] {
  switch (node.type) {
    case 'heading': {
      const children = inlineNodes(node.children, conversion);
      // Readers make an anchor of the first child's text, so there is always one.
      return [{ type: 'heading', level: node.depth, children: children.length > 0 ? children : [text('')] }];
    }
    case 'paragraph':
      return [{ type: 'paragraph', children: inlineNodes(node.children, conversion) }];
    case 'blockquote':
      return [{ type: 'blockquote', children: conversion.deeper(() => blockNodes(node.children, conversion)) }];
    case 'thematicBreak':
      return [{ type: 'break' }];
    case 'code':
      return [codeBlock(node.value, node.lang)];
    case 'list':
      return [list(node, conversion)];
    case 'table':
      return [table(node, conversion)];
    case 'footnoteDefinition':
      return footnote(
        node.label ?? node.identifier,
        conversion.deeper(() => blockNodes(node.children, conversion)),
      );
    case 'html': {
      const readable = htmlText(node.value);
      return readable === '' ? [] : [{ type: 'paragraph', children: [text(readable)] }];
    }
    default: // definitions; everything else is inline
      return [];
  }
}

/** One text per line, with its line end, so that the texts joined are the code. */
function codeBlock(value: string, lang: string | null | undefined): DocumentNode {
  const children = value.split(/(?<=\n)/).map(text);
  return { type: 'code_block', ...(lang && /^[\w+#.-]{1,40}$/.test(lang) ? { lang } : {}), children };
}

function list(node: List, conversion: Conversion): DocumentNode {
  const loose = Boolean(node.spread) || node.children.some(({ spread }) => spread);
  const children = conversion.deeper(() => node.children.map((item) => listItem(item, loose, conversion)));
  return { type: 'list', isOrdered: Boolean(node.ordered), children };
}

function listItem(item: ListItem, loose: boolean, conversion: Conversion): DocumentNode {
  const blocks = conversion.deeper(() => blockNodes(item.children, conversion));
  const children = loose ? blocks : blocks.map((block) => (block.type === 'paragraph' ? asTextBlock(block) : block));
  if (typeof item.checked !== 'boolean') return { type: 'list_item', children };
  const [first, ...rest] = children;
  const checkbox = { type: 'task_checkbox', checked: item.checked } as const;
  if (first?.type === 'paragraph' || first?.type === 'text_block') {
    return { type: 'list_item', children: [{ ...first, children: [checkbox, ...first.children] }, ...rest] };
  }
  return { type: 'list_item', children: [{ type: 'text_block', children: [checkbox] }, ...children] };
}

const asTextBlock = ({ children }: { readonly children: readonly DocumentNode[] }): DocumentNode => ({
  type: 'text_block',
  children,
});

function table({ align, children: [head, ...body] }: Table, conversion: Conversion): DocumentNode {
  const alignments = (align ?? []).map((side): Alignment => side ?? 'none');
  const row = <Type extends 'table_header' | 'table_row'>(type: Type, cells: Table['children'][number]['children']) => {
    conversion.spend(alignments.length * 8);
    const children = cells.map((cell, column): DocumentNode => {
      const alignment = alignments[column] ?? 'none';
      return { type: 'table_cell', alignment, children: inlineNodes(cell.children, conversion) };
    });
    return { type, alignments, children };
  };
  const rows = body.map(({ children }) => row('table_row', children));
  return { type: 'table', alignments, children: [row('table_header', head?.children ?? []), ...rows] };
}

function footnote(label: string, blocks: readonly DocumentNode[]): readonly DocumentNode[] {
  const mark = text(`[${label}] `);
  const [first, ...rest] = blocks;
  if (first?.type === 'paragraph') return [{ ...first, children: [mark, ...first.children] }, ...rest];
  return [{ type: 'paragraph', children: [mark] }, ...blocks];
}

const text = (value: string): DocumentNode => ({ type: 'text', text: value });
