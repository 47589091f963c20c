import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { BenchController } from './bench/bench.controller.js';
import { controllers } from './controllers.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { Authentication } from './http/authentication.js';
import { OperationGuard } from './http/guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SendCommandHandler, Sender } from './http/sender.js';
import { SERVICES, type Services } from './services.js';

@Module({})
class AppModule {}

/** The Nest application: controllers of every surface over one set of services. */
export const appModule = (services: Services): DynamicModule => ({
  module: AppModule,
  imports: [CqrsModule.forRoot()],
  controllers: services.config.bench ? [...controllers, BenchController] : controllers,
  providers: [
    { provide: SERVICES, useValue: services },
    Authentication,
    SendCommandHandler,
    Sender,
    { provide: APP_GUARD, useClass: OperationGuard },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
});
