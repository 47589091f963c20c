import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { SERVICES, type Services } from '../services.js';

/**
 * What benchmarks measure against, and how they make the views stand still. There only with GATEHOUSE_BENCH=1, and no part
 * of the API: no operation is declared.
 */
@Controller('/bench')
export class BenchController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('/no-op')
  get(): object {
    return {};
  }

  @Post('/no-op')
  @HttpCode(200)
  post(): object {
    return {};
  }

  @Post('/pause-views')
  @HttpCode(204)
  pause(): Promise<void> {
    return this.services.projections.pause();
  }

  @Post('/resume-views')
  @HttpCode(204)
  resume(): Promise<void> {
    return this.services.projections.resume();
  }
}
