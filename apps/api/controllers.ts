import type { Type } from '@nestjs/common';
import { PortalApplicationsController } from './management/portal-applications.controller.js';
import { PortalDevelopersController } from './management/portal-developers.controller.js';
import { PortalProductVersionsController } from './management/portal-product-versions.controller.js';
import { PortalProductsController } from './management/portal-products.controller.js';
import { PortalRegistrationsController } from './management/portal-registrations.controller.js';
import { PortalsController } from './management/portals.controller.js';
import { ContextController } from './portal/context.controller.js';
import { DocumentsController } from './portal/documents.controller.js';
import { LookController } from './portal/look.controller.js';
import { ProductsController } from './portal/products.controller.js';
import { SearchController } from './portal/search.controller.js';
import { SpecificationsController } from './portal/specifications.controller.js';
import { VersionsController } from './portal/versions.controller.js';
import { AccountsController } from './sign-in/accounts.controller.js';
import { SessionsController } from './sign-in/sessions.controller.js';

/** Every controller, surface by surface. */
export const controllers: Type[] = [
  PortalsController,
  PortalProductsController,
  PortalProductVersionsController,
  PortalDevelopersController,
  PortalApplicationsController,
  PortalRegistrationsController,
  ContextController,
  DocumentsController,
  LookController,
  ProductsController,
  SearchController,
  SpecificationsController,
  VersionsController,
  AccountsController,
  SessionsController,
];
