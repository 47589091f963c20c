import type { Type } from '@nestjs/common';
import { PortalApplicationsController } from './management/portal-applications.controller.js';
import { PortalDevelopersController } from './management/portal-developers.controller.js';
import { PortalProductVersionsController } from './management/portal-product-versions.controller.js';
import { PortalProductsController } from './management/portal-products.controller.js';
import { PortalRegistrationsController } from './management/portal-registrations.controller.js';
import { PortalsController } from './management/portals.controller.js';

/** Every controller, surface by surface. */
export const controllers: Type[] = [
  PortalsController,
  PortalProductsController,
  PortalProductVersionsController,
  PortalDevelopersController,
  PortalApplicationsController,
  PortalRegistrationsController,
];
