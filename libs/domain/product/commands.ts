import { IsObject } from 'class-validator';
import {
  FileName,
  Flag,
  Id,
  Ids,
  Integer,
  Labels,
  LabelsUpdate,
  Name,
  Nested,
  Nullable,
  OneOf,
  Optional,
  Reason,
  Sha256,
  Slug,
  Text,
  all,
} from '../core/validation.js';
import type { PublishStatus } from './events.js';

const Status = () => OneOf(['published', 'unpublished']);
const Portals = () => all(Optional(), Ids(100));
const Strategies = () => all(Optional(), Ids(1));
/** The file's name; its ending says how it is written. */
export const SpecificationName = () => FileName(255, ['.yaml', '.yml', '.json']);

/** Blobs hold 16 MB at most. */
const Size = () => Integer(0, 16 * 1024 * 1024);

export class CreateProduct {
  @Name(100) name!: string;
  @Text(10_000) description?: string | null;
  @Labels() labels?: Record<string, string>;
  @Labels() public_labels?: Record<string, string>;
  /** The portals that list it. */
  @Portals() portal_ids?: string[];
}

export class EditProduct {
  @Id() product_id!: string;
  @Optional() @Name(100) name?: string;
  @Text(10_000) description?: string | null;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
  @LabelsUpdate() public_labels?: Record<string, string | null> | null;
  /** All portals that list it afterwards. */
  @Portals() portal_ids?: string[];
}

export class DeleteProduct {
  @Id() product_id!: string;
  @Reason() reason?: string | null;
}

class OnPortal {
  @Id() product_id!: string;
  @Id() portal_id!: string;
}

export class PublishProduct extends OnPortal {}

export class UnpublishProduct extends OnPortal {
  @Reason() reason?: string | null;
}

export class GatewayServiceFields {
  @Id() id!: string;
  @Id() control_plane_id!: string;
}

export class AddProductVersion {
  @Id() product_id!: string;
  @Name(255) name!: string;
  @Labels() labels?: Record<string, string>;
  @Nullable() @Nested(GatewayServiceFields) gateway_service?: GatewayServiceFields | null;
  /** Published: on every portal that lists the product. */
  @Optional() @Status() publish_status?: PublishStatus;
  @Optional() @Flag() deprecated?: boolean;
}

export class EditProductVersion {
  @Id() product_id!: string;
  @Id() product_version_id!: string;
  @Optional() @Name(255) name?: string;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
  /** Null takes the link away. */
  @Nullable() @Nested(GatewayServiceFields) gateway_service?: GatewayServiceFields | null;
  /** For all its publications; published: on every portal that lists the product. */
  @Optional() @Status() publish_status?: PublishStatus;
  /** For all its publications. */
  @Optional() @Flag() deprecated?: boolean;
  /** Tells consumers where the version becomes deprecated and is published. */
  @Optional() @Flag() notify?: boolean;
}

class OfVersion {
  @Id() product_id!: string;
  @Id() product_version_id!: string;
}

export class RemoveProductVersion extends OfVersion {
  @Reason() reason?: string | null;
}

export class AddSpecification extends OfVersion {
  @SpecificationName() name!: string;
  @Sha256() content_sha256!: string;
  /** The blob with the list of its operations. */
  @Sha256() operations_sha256!: string;
  @Size() size!: number;
  @Optional() @OneOf(['openapi']) api_type?: 'openapi';
}

/** New content comes with its operations and its size. */
export class EditSpecification extends OfVersion {
  @Id() specification_id!: string;
  @Optional() @SpecificationName() name?: string;
  @Optional() @Sha256() content_sha256?: string;
  @Optional() @Sha256() operations_sha256?: string;
  @Optional() @Size() size?: number;
}

export class RemoveSpecification extends OfVersion {
  @Id() specification_id!: string;
}

export class AddDocument {
  @Id() product_id!: string;
  @Slug(80) slug!: string;
  @Name(255) title!: string;
  @Status() status!: PublishStatus;
  @Nullable() @Id() parent_document_id?: string | null;
  @Optional() @IsObject() metadata?: Record<string, unknown>;
  @Sha256() content_sha256!: string;
  @Size() size!: number;
}

/** New content comes with its size. Null as parent: the top level. */
export class EditDocument {
  @Id() product_id!: string;
  @Id() document_id!: string;
  @Optional() @Slug(80) slug?: string;
  @Optional() @Name(255) title?: string;
  @Optional() @Status() status?: PublishStatus;
  @Nullable() @Id() parent_document_id?: string | null;
  @Optional() @IsObject() metadata?: Record<string, unknown>;
  @Optional() @Sha256() content_sha256?: string;
  @Optional() @Size() size?: number;
}

export class RemoveDocument {
  @Id() product_id!: string;
  @Id() document_id!: string;
}

class OfPublication extends OfVersion {
  @Id() portal_id!: string;
}

/** What is left out stays as it is; at first: the portal's default strategy, and everything else off. */
class Publication extends OfPublication {
  @Strategies() auth_strategy_ids?: string[];
  @Optional() @Flag() application_registration_enabled?: boolean;
  @Optional() @Flag() auto_approve_registration?: boolean;
  @Optional() @Flag() deprecated?: boolean;
}

export class PublishProductVersion extends Publication {
  /** Tells consumers if the version becomes deprecated by it. */
  @Optional() @Flag() notify_developers?: boolean;
}

export class PreparePublication extends Publication {}

export class ChangePublication extends Publication {
  @Optional() @Status() publish_status?: PublishStatus;
  @Optional() @Flag() notify_developers?: boolean;
}

export class UnpublishProductVersion extends OfPublication {
  @Reason() reason?: string | null;
}

export class RemovePublication extends OfPublication {
  @Reason() reason?: string | null;
}
