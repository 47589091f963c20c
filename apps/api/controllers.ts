import type { Type } from '@nestjs/common';

/** Every controller, surface by surface. */
export const controllers: Type[] = [];
