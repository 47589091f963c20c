import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import * as commands from './commands.js';
import { addDocument, editDocument, removeDocument } from './decide-documents.js';
import {
  createProduct,
  deleteProduct,
  editProduct,
  publishProduct,
  readsAddedPortals,
  unpublishProduct,
} from './decide-product.js';
import {
  CHANGE,
  PREPARE,
  PUBLISH,
  changePublication,
  readsPublication,
  removePublication,
  unpublishProductVersion,
} from './decide-publication.js';
import { addSpecification, editSpecification, removeSpecification } from './decide-specification.js';
import { addProductVersion, editProductVersion, removeProductVersion } from './decide-versions.js';
import { readsPortals } from './answer.js';
import { readsFanOut } from './fan-out.js';
import type { ProductState } from './state.js';

const byOperators = { permission: ['admin', 'integration'] } as const;
const ofProduct = { aggregate: 'product', expects: 'existing', id: 'product_id', ...byOperators } as const;

/** What follows a deleted portal is done by the service itself. */
const alsoBySystem = { permission: ['admin', 'integration', 'system'] } as const;

/** Additions and removals commute with what others do at the same time: they are decided afresh. */
const commutes = { onConflict: 'retry' } as const;

const publicationEvents = [
  'product.version-published.v1',
  'product.version-unpublished.v1',
  'product.publication-changed.v1',
] as const;

export const productEntries: Record<string, CommandEntry> = {
  CreateProduct: entry<commands.CreateProduct, ProductState>({
    command: commands.CreateProduct,
    does: 'Creates a product and lists it on portals.',
    aggregate: 'product',
    expects: 'new',
    ...byOperators,
    reads: readsAddedPortals,
    decide: createProduct,
    causes: ['product.created.v1', 'product.portals-changed.v1'],
  }),
  EditProduct: entry<commands.EditProduct, ProductState>({
    ...ofProduct,
    command: commands.EditProduct,
    does: 'Edits a product and the list of portals that show it.',
    reads: readsAddedPortals,
    decide: editProduct,
    causes: ['product.edited.v1', 'product.portals-changed.v1'],
  }),
  DeleteProduct: entry<commands.DeleteProduct, ProductState>({
    ...ofProduct,
    command: commands.DeleteProduct,
    does: 'Deletes a product with its versions, publications, specifications and documents.',
    decide: deleteProduct,
    causes: ['product.deleted.v1'],
  }),
  PublishProduct: entry<commands.PublishProduct, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.PublishProduct,
    does: 'Lists a product on a portal.',
    reads: (command) => readsPortals([command.portal_id]),
    decide: publishProduct,
    causes: ['product.portals-changed.v1'],
  }),
  UnpublishProduct: entry<commands.UnpublishProduct, ProductState>({
    ...ofProduct,
    ...alsoBySystem,
    ...commutes,
    command: commands.UnpublishProduct,
    does: 'Takes a product off a portal; its publications there are kept for when it is listed again.',
    decide: unpublishProduct,
    causes: ['product.portals-changed.v1'],
  }),

  AddProductVersion: entry<commands.AddProductVersion, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.AddProductVersion,
    does: 'Adds a version to a product; published, if it says so, on every portal that lists the product.',
    reads: (command, state, facts) => readsFanOut(state, undefined, command, facts),
    decide: addProductVersion,
    causes: ['product.version-added.v1', 'product.version-published.v1'],
  }),
  EditProductVersion: entry<commands.EditProductVersion, ProductState>({
    ...ofProduct,
    command: commands.EditProductVersion,
    does: 'Edits a version; its status and whether it is deprecated apply to all its publications.',
    reads: (command, state, facts) => readsFanOut(state, command.product_version_id, command, facts),
    decide: editProductVersion,
    causes: ['product.version-edited.v1', ...publicationEvents],
  }),
  RemoveProductVersion: entry<commands.RemoveProductVersion, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.RemoveProductVersion,
    does: 'Removes a version with its publications and its specification.',
    decide: removeProductVersion,
    causes: ['product.version-removed.v1'],
  }),

  AddSpecification: entry<commands.AddSpecification, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.AddSpecification,
    does: 'Gives a version its specification.',
    decide: addSpecification,
    causes: ['product.specification-added.v1'],
  }),
  EditSpecification: entry<commands.EditSpecification, ProductState>({
    ...ofProduct,
    command: commands.EditSpecification,
    does: "Renames a version's specification or replaces its content.",
    decide: editSpecification,
    causes: ['product.specification-edited.v1'],
  }),
  RemoveSpecification: entry<commands.RemoveSpecification, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.RemoveSpecification,
    does: "Removes a version's specification.",
    decide: removeSpecification,
    causes: ['product.specification-removed.v1'],
  }),

  AddDocument: entry<commands.AddDocument, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.AddDocument,
    does: "Adds a document to a product, last among its parent's children.",
    decide: addDocument,
    causes: ['product.document-added.v1'],
  }),
  EditDocument: entry<commands.EditDocument, ProductState>({
    ...ofProduct,
    command: commands.EditDocument,
    does: 'Edits a document, replaces its content, or moves it below another one.',
    decide: editDocument,
    causes: ['product.document-edited.v1'],
  }),
  RemoveDocument: entry<commands.RemoveDocument, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.RemoveDocument,
    does: 'Removes a document; its children move up to its parent.',
    decide: removeDocument,
    causes: ['product.document-edited.v1', 'product.document-removed.v1'],
  }),

  PublishProductVersion: entry<commands.PublishProductVersion, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.PublishProductVersion,
    does: 'Publishes a version on a portal, and lists the product there if it is not yet.',
    reads: readsPublication(PUBLISH),
    decide: changePublication(PUBLISH),
    causes: ['product.portals-changed.v1', 'product.version-published.v1', 'product.publication-changed.v1'],
  }),
  PreparePublication: entry<commands.PreparePublication, ProductState>({
    ...ofProduct,
    command: commands.PreparePublication,
    does: 'Configures a version for a portal without publishing it.',
    reads: readsPublication(PREPARE),
    decide: changePublication(PREPARE),
    causes: ['product.version-unpublished.v1', 'product.publication-changed.v1'],
  }),
  ChangePublication: entry<commands.ChangePublication, ProductState>({
    ...ofProduct,
    command: commands.ChangePublication,
    does: 'Changes some settings of a version on a portal.',
    reads: readsPublication(CHANGE),
    decide: changePublication(CHANGE),
    causes: ['product.portals-changed.v1', ...publicationEvents],
  }),
  UnpublishProductVersion: entry<commands.UnpublishProductVersion, ProductState>({
    ...ofProduct,
    ...commutes,
    command: commands.UnpublishProductVersion,
    does: 'Hides a version from the developers of a portal; registrations that exist stay.',
    decide: unpublishProductVersion,
    causes: ['product.version-unpublished.v1'],
  }),
  RemovePublication: entry<commands.RemovePublication, ProductState>({
    ...ofProduct,
    ...alsoBySystem,
    ...commutes,
    command: commands.RemovePublication,
    does: 'Removes a version from a portal, settings and all.',
    decide: removePublication,
    causes: ['product.publication-removed.v1'],
  }),
};
