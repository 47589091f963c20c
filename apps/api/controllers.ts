import type { Type } from '@nestjs/common';
import { PendingController } from './audit/pending.controller.js';
import { StoriesController } from './audit/stories.controller.js';
import { TimelineController } from './audit/timeline.controller.js';
import { AccessStatisticsController } from './audit/access-statistics.controller.js';
import { LastUsedController } from './audit/last-used.controller.js';
import { CommandsController } from './commands/commands.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { UsageController } from './gateway/usage.controller.js';
import { ApiProductDocumentsController } from './management/api-product-documents.controller.js';
import { ApiProductSpecificationsController } from './management/api-product-specifications.controller.js';
import { ApiProductVersionsController } from './management/api-product-versions.controller.js';
import { ApiProductsController } from './management/api-products.controller.js';
import { AuthStrategiesController } from './management/auth-strategies.controller.js';
import { AuthenticationSettingsController } from './management/authentication-settings.controller.js';
import { IdentityProvidersController } from './management/identity-providers.controller.js';
import { DcrProvidersController } from './management/dcr-providers.controller.js';
import { PortalApplicationsController } from './management/portal-applications.controller.js';
import { PortalDevelopersController } from './management/portal-developers.controller.js';
import { PortalProductVersionsController } from './management/portal-product-versions.controller.js';
import { PortalProductsController } from './management/portal-products.controller.js';
import { PortalRegistrationsController } from './management/portal-registrations.controller.js';
import { PortalTeamsController } from './management/portal-teams.controller.js';
import { PortalsController } from './management/portals.controller.js';
import { TeamGroupsController } from './management/team-groups.controller.js';
import { TeamMembersController } from './management/team-members.controller.js';
import { TeamRolesController } from './management/team-roles.controller.js';
import { AnalyticsController } from './portal/analytics.controller.js';
import { ApplicationStrategiesController } from './portal/application-strategies.controller.js';
import { ApplicationsController } from './portal/applications.controller.js';
import { ContextController } from './portal/context.controller.js';
import { CredentialsController } from './portal/credentials.controller.js';
import { DocumentsController } from './portal/documents.controller.js';
import { GrantedScopesController } from './portal/granted-scopes.controller.js';
import { LookController } from './portal/look.controller.js';
import { ProductsController } from './portal/products.controller.js';
import { RegistrationsController } from './portal/registrations.controller.js';
import { SearchController } from './portal/search.controller.js';
import { SpecificationsController } from './portal/specifications.controller.js';
import { VersionApplicationsController } from './portal/version-applications.controller.js';
import { VersionsController } from './portal/versions.controller.js';
import { ProxyController } from './reference/proxy.controller.js';
import { ReferenceController } from './reference/reference.controller.js';
import { AccountsController } from './sign-in/accounts.controller.js';
import { SessionsController } from './sign-in/sessions.controller.js';
import { SingleSignOnController } from './sign-in/sso/single-sign-on.controller.js';
import { DocsController } from './service/docs.controller.js';
import { HealthController } from './service/health.controller.js';
import { MetricsController } from './service/metrics.controller.js';
import { StatusController } from './service/status.controller.js';
import { TokensController } from './service/tokens.controller.js';

/** Every controller, surface by surface. */
export const controllers: Type[] = [
  ApiProductsController,
  ApiProductVersionsController,
  ApiProductSpecificationsController,
  ApiProductDocumentsController,
  AuthStrategiesController,
  DcrProvidersController,
  PortalsController,
  AuthenticationSettingsController,
  IdentityProvidersController,
  PortalProductsController,
  PortalProductVersionsController,
  PortalDevelopersController,
  PortalApplicationsController,
  PortalRegistrationsController,
  PortalTeamsController,
  TeamMembersController,
  TeamRolesController,
  TeamGroupsController,
  ContextController,
  DocumentsController,
  LookController,
  ProductsController,
  SearchController,
  SpecificationsController,
  VersionsController,
  ApplicationsController,
  ApplicationStrategiesController,
  CredentialsController,
  RegistrationsController,
  GrantedScopesController,
  VersionApplicationsController,
  AnalyticsController,
  ReferenceController,
  ProxyController,
  AccountsController,
  SessionsController,
  SingleSignOnController,
  CommandsController,
  StoriesController,
  TimelineController,
  PendingController,
  AccessStatisticsController,
  LastUsedController,
  FeedController,
  UsageController,
  HealthController,
  StatusController,
  MetricsController,
  TokensController,
  DocsController,
];
