import type { KioskView, VisitCommand, VisitView } from '@motcua/contract';
import { createContext, useContext } from 'react';
import type { KioskApi } from './api.ts';
import type { Connection, KioskState } from './connection.ts';

export interface Kiosk {
  readonly connection: Connection;
  readonly api: KioskApi;
  readonly state: KioskState;
  readonly view: KioskView;
}

export const KioskContext = createContext<Kiosk | null>(null);

export function useKiosk(): Kiosk {
  const kiosk = useContext(KioskContext);
  if (!kiosk) throw new Error('a screen stands outside of KioskContext');
  return kiosk;
}

/** The running visit and what a person can do with it; only for screens that exist within a visit. */
export function useVisit(): {
  readonly visit: VisitView;
  readonly send: (command: VisitCommand) => void;
  readonly sending: VisitCommand['type'] | null;
} {
  const { connection, state, view } = useKiosk();
  if (!view.visit) throw new Error('a screen of a visit stands outside of one');
  return { visit: view.visit, send: connection.send, sending: state.sending };
}
