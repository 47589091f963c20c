import { IsObject } from 'class-validator';
import { Flag, Id, Ids, OneOf, Optional } from '#domain/core/validation.js';

const PUBLISH_STATUSES = ['published', 'unpublished'];

/** How a version is offered on a portal; what is left out stays as it is. */
export class PublicationChange {
  @Optional() @OneOf(PUBLISH_STATUSES) publish_status?: 'published' | 'unpublished';
  @Optional() @Ids(1) auth_strategy_ids?: string[];
  @Optional() @Flag() application_registration_enabled?: boolean;
  @Optional() @Flag() auto_approve_registration?: boolean;
  @Optional() @Flag() deprecated?: boolean;
  @Optional() @Flag() notify_developers?: boolean;
}

/** All settings of a publication, and which version it is about. */
export class NewPublication {
  @Id() product_version_id!: string;
  @OneOf(PUBLISH_STATUSES) publish_status!: 'published' | 'unpublished';
  @Ids(1) auth_strategy_ids!: string[];
  @Flag() application_registration_enabled!: boolean;
  @Flag() auto_approve_registration!: boolean;
  @Flag() deprecated!: boolean;
}

/** The fields that a replacement has to name. */
export const PUBLICATION_SETTINGS = [
  'publish_status',
  'auth_strategy_ids',
  'application_registration_enabled',
  'auto_approve_registration',
  'deprecated',
];

export class PublishedProducts {
  @IsObject() api_products!: Record<string, unknown>;
}

export const STATUSES = ['approved', 'pending', 'revoked', 'rejected'] as const;
export type Status = (typeof STATUSES)[number];

/** The status that an administrator gives to a developer or to a registration. */
export class StatusChange {
  @Optional() @OneOf(STATUSES) status?: Status;
}
