import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './officer.css';
import { createOfficerApi } from './api.ts';
import { OfficerApp } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <OfficerApp api={createOfficerApi((...request) => window.fetch(...request))} />
  </StrictMode>,
);
