import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../styles/base.css';
import { endingConnection, fakeApi, fixedConnection } from '../fixtures/fake-kiosk.ts';
import { viewOf, views } from '../fixtures/views.ts';
import { App } from '../kiosk/app.tsx';
import type { Connection } from '../kiosk/state/connection.ts';

/** Any screen without a service: `?screen=papers-there`. Without a name: the list of them. Never part of the build. */
const LINKS: Readonly<Record<string, () => Connection>> = {
  loading: () => fixedConnection(null, 'connecting'),
  lost: () => fixedConnection(viewOf('papers-there'), 'lost'),
  locked: () => fixedConnection(null, 'locked'),
  farewell: () => endingConnection(viewOf('receipt')),
  'farewell-number': () => endingConnection(viewOf('number-taken')),
  'farewell-closed': () => endingConnection(viewOf('papers')),
};

const name = new URLSearchParams(location.search).get('screen');
const view = name ? views[name] : undefined;
const connection = view ? fixedConnection(view, 'connected') : name ? LINKS[name]?.() : undefined;

createRoot(document.getElementById('root')!).render(
  <StrictMode>{connection ? <App connection={connection} api={fakeApi} /> : <Contents />}</StrictMode>,
);

function Contents() {
  return (
    <ul>
      {[...Object.keys(views), ...Object.keys(LINKS)].map((screen) => (
        <li key={screen}>
          <a href={`?screen=${screen}`}>{screen}</a>
        </li>
      ))}
    </ul>
  );
}
