import { OfficerAccountOrder, problem } from '@motcua/contract';
import { type Result, unreachable } from '@motcua/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AccountError, Officer, OfficerAccounts } from './accounts.ts';
import type { OfficerSessions } from './officer-sessions.ts';

/**
 * Accounts, for the technician's command only. The guard has checked the token already; here it must have come in the
 * header, which a program sets that may read the token's file, and no page in the kiosk's window can.
 */
export function addAccountRoutes(
  app: FastifyInstance,
  deps: { readonly accounts: OfficerAccounts; readonly sessions: OfficerSessions; readonly audit: AuditLog },
): void {
  const { accounts, sessions, audit } = deps;
  const forTechnician = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    if (request.headers.authorization === undefined) return reply.code(403).send(problem('session-missing'));
    return undefined;
  };

  function carryOut(order: OfficerAccountOrder): Promise<Result<Officer, AccountError>> {
    switch (order.change) {
      case 'add':
        return accounts.add(order);
      case 'password':
        return accounts.setPassword(order.login, order.password);
      case 'unlock':
        return Promise.resolve(accounts.unlock(order.login));
      case 'disable':
        return Promise.resolve(accounts.disable(order.login));
      default:
        return unreachable(order);
    }
  }

  app.get('/api/officers', { preHandler: forTechnician }, async () => ({
    officers: accounts
      .list()
      .map(({ login, fullName, position, disabled }) => ({ login, fullName, position, disabled })),
  }));
  app.post('/api/officers', { preHandler: forTechnician }, async (request, reply) => {
    const order = OfficerAccountOrder.safeParse(request.body);
    if (!order.success) return reply.code(400).send(problem('request-invalid'));
    const done = await carryOut(order.data);
    if (!done.ok) return { problem: problem(done.error.code) };
    // Whoever is logged in with the old password, or may no longer be, is out at once.
    if (order.data.change === 'password' || order.data.change === 'disable')
      sessions.closeAllOf(done.value.id);
    audit.record('officer-account', null, { officer: done.value.id, change: order.data.change });
    return { problem: null };
  });
}
