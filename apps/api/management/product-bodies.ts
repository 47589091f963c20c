import { IsIn, IsObject, IsString, MinLength } from 'class-validator';
import { CreateAuthStrategy, StrategyConfigChanges } from '#domain/auth-strategy/commands.js';
import { STRATEGY_TYPES, type StrategyType } from '#domain/auth-strategy/events.js';
import {
  all,
  Flag,
  Id,
  Labels,
  LabelsUpdate,
  Name,
  Nested,
  Nullable,
  OneOf,
  Optional,
  Slug,
} from '#domain/core/validation.js';
import { SpecificationName } from '#domain/product/commands.js';
import type { PublishStatus } from '#domain/product/events.js';

const Status = () => OneOf(['published', 'unpublished']);

/** Decoded and checked by uploads.ts. */
const Content = () => all(IsString(), MinLength(1));

/** A product's own fields: the body of its creation and of a change. */
export const PRODUCT_FIELDS = ['name', 'description', 'labels', 'public_labels', 'portal_ids'];

/** The control plane under either of its names. */
export class GatewayServiceBody {
  @Id() id!: string;
  @Optional() @Id() control_plane_id?: string;
  @Optional() @Id() runtime_group_id?: string;
}

export class NewVersion {
  @Name(255) name!: string;
  @Labels() labels?: Record<string, string>;
  @Nullable() @Nested(GatewayServiceBody) gateway_service?: GatewayServiceBody | null;
  @Optional() @Status() publish_status?: PublishStatus;
  @Optional() @Flag() deprecated?: boolean;
}

export class VersionChange {
  @Optional() @Name(255) name?: string;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
  @Nullable() @Nested(GatewayServiceBody) gateway_service?: GatewayServiceBody | null;
  @Optional() @Status() publish_status?: PublishStatus;
  @Optional() @Flag() deprecated?: boolean;
  @Optional() @Flag() notify?: boolean;
}

export class NewSpecification {
  @SpecificationName() name!: string;
  @Content() content!: string;
}

export class SpecificationChange {
  @Optional() @SpecificationName() name?: string;
  @Optional() @Content() content?: string;
}

export class NewDocument {
  @Slug(80) slug!: string;
  @Name(255) title!: string;
  @Status() status!: PublishStatus;
  @Nullable() @Id() parent_document_id?: string | null;
  @Optional() @IsObject() metadata?: Record<string, unknown>;
  @Optional() @IsString() content?: string;
}

export class DocumentChange {
  @Optional() @Slug(80) slug?: string;
  @Optional() @Name(255) title?: string;
  @Optional() @Status() status?: PublishStatus;
  @Nullable() @Id() parent_document_id?: string | null;
  @Optional() @IsObject() metadata?: Record<string, unknown>;
  @Optional() @IsString() content?: string;
}

/** Scripts send the default of this setting of the v3 API; there is nothing here that it could switch on. */
export class Principals {
  @IsIn([false]) enabled!: false;
}

export class NewAuthStrategy extends CreateAuthStrategy {
  @Optional() @Nested(Principals) principals?: Principals;
}

export class AuthStrategyChange {
  @Optional() @Name(256) name?: string;
  @Optional() @Name(256) display_name?: string;
  /** May be repeated, not changed. */
  @Optional() @OneOf(STRATEGY_TYPES) strategy_type?: StrategyType;
  @Optional() @Nested(StrategyConfigChanges) configs?: StrategyConfigChanges;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
  @Nullable() @Id() dcr_provider_id?: string | null;
  @Optional() @Nested(Principals) principals?: Principals;
}
