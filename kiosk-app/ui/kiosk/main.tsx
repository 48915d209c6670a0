import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../styles/base.css';
import { App } from './app.tsx';
import { createApi } from './state/api.ts';
import { createConnection } from './state/connection.ts';
import { createRequestIds } from './state/request-ids.ts';

const fetcher: typeof fetch = (...request) => window.fetch(...request);

const connection = createConnection({
  fetch: fetcher,
  openEvents: () => new EventSource('/api/events') as never,
  requestId: createRequestIds(Date.now, (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>)),
  now: Date.now,
  timers: {
    after: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
// The kiosk is no browser: no menu on a long press, nothing dragged away.
document.addEventListener('contextmenu', (event) => event.preventDefault());
document.addEventListener('dragstart', (event) => event.preventDefault());
connection.start();
createRoot(root).render(
  <StrictMode>
    <App connection={connection} api={createApi(fetcher)} />
  </StrictMode>,
);
